"""Layer checks of shapes."""
