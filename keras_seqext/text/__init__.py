"""Strings to ids to vectors."""
