"""Conversion of tokens to ids: vocabularies, encoders, padding and matrices."""
