"""Building blocks of checks: case, registry, result and failure."""
