"""Pretrained word vectors: the initializer, and how vectors become rows of an embedding."""
