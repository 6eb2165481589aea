"""Concurrent reading of many batches of windows: no duplicates, no losses, no memory growth."""
