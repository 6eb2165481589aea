"""The checks, one module a claim. Importing this package registers them all."""

from . import construction as construction
