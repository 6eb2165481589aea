"""Experiments that train models on text and time series and compare them with baselines."""
