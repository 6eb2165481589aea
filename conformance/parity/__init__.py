"""The same numbers from every backend."""
