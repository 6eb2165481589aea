"""Checks of initializers. Importing this package registers them in the order of `MODULES`."""

from importlib import import_module

MODULES = ("values", "randomness", "config", "building", "copies")

for _module in MODULES:
    import_module(f"{__name__}.{_module}")
