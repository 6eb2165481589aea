"""Layer checks of dtypes and dtype policies."""
