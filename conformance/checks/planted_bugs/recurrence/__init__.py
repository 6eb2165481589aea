"""Planted bugs for the checks of recurrent layers."""
