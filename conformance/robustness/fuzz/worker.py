"""Process of the fuzzer: instruments the readers and does not return."""

import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

os.environ.setdefault("KERAS_BACKEND", "jax")
with atheris.instrument_imports(include=["datasets", "keras_seqext.text", "zipfile"]):
    import datasets._files.number_arrays
    import datasets._files.registry
    import datasets._series.station_csv
    import datasets.jena
    import datasets.weather  # noqa: F401
    import keras_seqext  # noqa: F401

from .targets import TARGETS


def main() -> None:
    """Fuzz the target named by the first argument; libFuzzer receives the other arguments."""
    warnings.simplefilter("ignore")
    logging.disable()
    target = TARGETS[sys.argv.pop(1)]
    # In memory where possible, because a file is written for every input.
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:

        def one_input(data: bytes) -> None:
            for path in Path(folder).iterdir():
                path.unlink()
            target(data, Path(folder))

        atheris.Setup(sys.argv, one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
