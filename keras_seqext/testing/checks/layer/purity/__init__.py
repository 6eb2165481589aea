"""Checks of side effects, state and randomness."""
