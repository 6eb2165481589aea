"""Gradients with respect to inputs, which Keras has no function for: one branch a backend."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np


def input_gradient(model: Callable[[Any], Any], inputs: np.ndarray) -> np.ndarray:
    """The gradient of the sum of `model(inputs)`, in the shape of `inputs`."""
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
