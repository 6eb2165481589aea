"""Layer checks of gradients."""
