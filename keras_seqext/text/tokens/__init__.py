"""Conversion of texts to tokens: the tokenizer, its rules and packed strings."""
