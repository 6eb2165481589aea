"""Cases of published packages, one module per package, named like it with underscores.

The modules are never imported together: each package has an environment of its own.
"""
