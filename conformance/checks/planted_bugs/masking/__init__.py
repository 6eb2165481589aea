"""Planted bugs for the checks of masks."""
