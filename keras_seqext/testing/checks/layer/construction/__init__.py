"""Layer checks of constructor and config."""
