"""The parts of a check: case, registry, result, failure. Imports no other part of testing."""
