"""Data-parallel training on real engines gives the losses of one process."""

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
    """Of each epoch, trained in a process of its own on `count` devices."""
    command = [sys.executable, "-m", "conformance.unit.scale.training", keras.backend.backend()]
    done = subprocess.run([*command, str(count)], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("count", [2, 4])
def test_the_loss_curve_is_that_of_one_device(count):
    if (keras.backend.backend(), count) == ("torch", 4) and not os.environ.get(LONG):
        pytest.skip(f"takes most of a minute: `make scale`, or set {LONG}")
    alone, together = losses(1), losses(count)
    assert alone[-1] < alone[0]
    np.testing.assert_allclose(together, alone, rtol=2e-5)
