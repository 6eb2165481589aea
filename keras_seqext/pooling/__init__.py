"""Poolings over time that respect a mask."""
