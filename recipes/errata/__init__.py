"""Measured effects of mistakes in the book's text, one per file."""
