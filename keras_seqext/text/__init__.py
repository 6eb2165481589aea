"""Conversion of texts to tokens, ids and vectors."""
