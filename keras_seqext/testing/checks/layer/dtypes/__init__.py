"""Checks of dtypes and dtype policies."""
