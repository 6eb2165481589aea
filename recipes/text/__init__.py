"""Text classification recipes: one model per file."""
