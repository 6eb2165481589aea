"""Cases of published packages, one module a package, named as the package with underscores.

None of them is imported together with another: each package has an environment of its own.
"""
