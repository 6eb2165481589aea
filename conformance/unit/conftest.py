"""Reset of global state that a test changes in its process."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def reset_op_determinism() -> Iterator[None]:
    """Disable op determinism after each test.

    A recipe on TensorFlow enables it, and Keras then rejects `jit_compile=True` in later tests.
    """
    yield
    if "tensorflow" in sys.modules:
        from tensorflow.python.framework import config  # there is no public function

        config.disable_op_determinism()
