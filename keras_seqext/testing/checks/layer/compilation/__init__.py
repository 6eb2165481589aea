"""Checks of compiled calls and exported models."""
