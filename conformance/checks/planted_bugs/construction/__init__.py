"""Planted bugs for the checks of constructors and configs."""
