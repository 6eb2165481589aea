"""Random changes of weights, so that initial values do not hide bugs."""

from typing import Any

import numpy as np

from keras_seqext.testing.core.tensors import flat_outputs

# Zero biases and unit gammas hide bugs: a term that is multiplied by them can be wrong.
SCALE = 0.2


def add_noise(weights: list[Any], seed: int) -> None:
    """Move every float weight by N(0, 0.2); the noise depends only on the shapes and the seed."""
    rng = np.random.default_rng(seed + 7)
    for weight in weights:
        if "float" not in str(weight.dtype):
            continue
        value = np.asarray(flat_outputs(weight.value)[0], np.float64)
        noise = SCALE * rng.normal(size=value.shape)
        # A variance or a count stays positive.
        positive = "variance" in weight.name or "count" in weight.name
        weight.assign((value * np.exp(noise)) if positive else value + noise)
