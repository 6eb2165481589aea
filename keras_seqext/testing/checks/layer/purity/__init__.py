"""Layer checks of side effects, state and randomness."""
