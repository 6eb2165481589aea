"""Layer checks of masks."""
