"""Masks, layers that carry them, and masked calls."""
