"""The hashing trick: layers, hash functions and their backend-specific parts."""
