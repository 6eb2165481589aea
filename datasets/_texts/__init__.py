"""Labelled texts: the returned data type and its split."""
