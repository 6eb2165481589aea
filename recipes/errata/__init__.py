"""Measured effects of errors in Chollet, *Deep Learning with Python* (2017), one per file."""
