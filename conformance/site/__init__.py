"""How the documentation site is made out of docs/ and docstrings, and what it has to keep."""
