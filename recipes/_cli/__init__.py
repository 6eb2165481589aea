"""The command line `python -m recipes`."""
