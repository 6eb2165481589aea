"""Texts to tokens: the tokenizer, its rules, and tokens as bytes."""
