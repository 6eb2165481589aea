"""Training engine: configuration, data preparation, training, checkpoints."""
