"""Command line `python -m keras_seqext.testing`."""
