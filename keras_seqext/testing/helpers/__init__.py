"""Functions shared by several checks."""
