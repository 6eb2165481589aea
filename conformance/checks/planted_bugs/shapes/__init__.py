"""Planted bugs for the checks of shapes."""
