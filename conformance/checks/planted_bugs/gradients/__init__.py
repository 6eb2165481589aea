"""Planted bugs for the checks of gradients."""
