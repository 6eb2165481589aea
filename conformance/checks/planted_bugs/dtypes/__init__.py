"""Planted bugs for the checks of dtypes and dtype policies."""
