"""Planted bugs for the checks of compiled calls and exported models."""
