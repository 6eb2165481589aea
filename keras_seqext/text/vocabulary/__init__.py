"""Tokens to ids: vocabularies, encoders, padding and matrices."""
