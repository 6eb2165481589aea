"""Entry point of `python -m keras_seqext.testing`."""

import sys

from keras_seqext.testing.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
