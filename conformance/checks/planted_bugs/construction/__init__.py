"""Planted bugs for the checks of constructor and config."""
