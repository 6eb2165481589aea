"""Checks of masks."""
