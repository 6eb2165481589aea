"""Checks of build and weights of layers."""
