"""Checks: one folder per kind of object, one module per claim."""
