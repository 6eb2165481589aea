"""Pretrained word vectors: an embedding initializer and its parts."""
