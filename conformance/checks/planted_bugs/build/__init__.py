"""Planted bugs for the checks of build and weights."""
