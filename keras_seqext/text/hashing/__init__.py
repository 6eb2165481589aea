"""Tokens to bins: the hashing layers, the hash functions, one module per backend."""
