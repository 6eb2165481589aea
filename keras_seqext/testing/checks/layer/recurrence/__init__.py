"""Checks of recurrent layers."""
