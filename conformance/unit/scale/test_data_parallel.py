"""Data-parallel training gives the losses of training on one device."""

import functools
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

LONG = "KERAS_SEQEXT_LONG"


@functools.cache
def losses(count):
    """Return the loss of each epoch of training on `count` devices, in a separate process."""
    command = [sys.executable, "-m", "conformance.unit.scale.training", keras.backend.backend()]
    done = subprocess.run([*command, str(count)], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("count", [2, 4])
def test_losses_equal_those_of_one_device(count):
    if (keras.backend.backend(), count) == ("torch", 4) and not os.environ.get(LONG):
        pytest.skip(f"takes almost a minute; run `make scale` or set {LONG}")
    single, parallel = losses(1), losses(count)
    assert single[-1] < single[0]
    np.testing.assert_allclose(parallel, single, rtol=2e-5)
