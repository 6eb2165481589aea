"""Checks of the gradients of layers."""
