"""Hooks that generate the documentation site from docs/ and docstrings, and tests of the site."""
