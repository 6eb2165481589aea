"""Forecasting recipes: one model per file."""
