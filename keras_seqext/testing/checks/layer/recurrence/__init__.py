"""Layer checks of recurrent layers."""
