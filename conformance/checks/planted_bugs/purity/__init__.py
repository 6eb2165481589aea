"""Planted bugs for the checks of side effects, state and randomness."""
