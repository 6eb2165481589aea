"""Checks of constructors and configs of layers."""
