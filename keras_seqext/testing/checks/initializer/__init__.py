"""The checks of initializers."""

from . import initializer as initializer
