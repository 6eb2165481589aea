"""Layer checks of compiled calls and export."""
