"""Gradients with respect to inputs, with one branch per backend as Keras has no such function."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np


def input_gradient(model: Callable[[Any], Any], inputs: np.ndarray) -> np.ndarray:
    """Return the gradient of the sum of `model(inputs)`, with the shape of `inputs`."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return np.asarray(jax.grad(lambda x: model(x).sum())(inputs))
    if backend == "torch":
        import torch

        tensor = torch.tensor(inputs, requires_grad=True)
        (found,) = torch.autograd.grad(model(tensor).sum(), tensor)
        return np.asarray(found)
    import tensorflow

    tensor = tensorflow.convert_to_tensor(inputs)
    with tensorflow.GradientTape() as tape:
        tape.watch(tensor)
        total = tensorflow.reduce_sum(model(tensor))
    return np.asarray(tape.gradient(total, tensor))
