"""Contexts: the argument of a check, one module per kind of object."""
