"""Checks of the shapes of layers."""
