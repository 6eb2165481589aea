"""Helpers shared by every part of the package: validation, messages, files, progress."""
