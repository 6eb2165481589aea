"""Many batches of windows, read by many at once: none twice, none missing, no more memory."""
