"""What a test switches on for its process, and the next one must not find."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def op_determinism_ends_with_the_test() -> Iterator[None]:
    """A run on TensorFlow switches it on; Keras then refuses `jit_compile=True`."""
    yield
    if "tensorflow" in sys.modules:
        from tensorflow.python.framework import config  # there is no public way back

        config.disable_op_determinism()
