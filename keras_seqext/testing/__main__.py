"""`python -m keras_seqext.testing run | list | explain`."""

import sys

from ._cli import main

if __name__ == "__main__":
    sys.exit(main())
