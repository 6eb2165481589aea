"""The command line `python -m keras_seqext.testing`."""
