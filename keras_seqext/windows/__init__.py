"""A series to batches of windows."""
