"""Shared inputs, weights and gradients of the tests of the recurrent layers."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_seqext.recurrent.minimal_rnn_reference import minimal_rnn

BATCH, STEPS, FEATURES, UNITS = 4, 7, 6, 5
BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")

_times = np.arange(STEPS)
_lengths = np.array([STEPS, STEPS - 2, 3, 1])[:, None]
MASKS = {
    "none": None,
    "full": np.ones((BATCH, STEPS), bool),
    "right": _times < _lengths,
    "left": _times >= STEPS - _lengths,
    "scattered": np.array(
        [
            [0, 1, 0, 0, 1, 1, 0],
            [1, 0, 1, 0, 1, 0, 1],
            [0, 0, 0, 1, 0, 0, 0],
            [1, 1, 1, 0, 0, 1, 1],
        ],
        bool,
    ),
    "empty row": (_times < _lengths) & (np.arange(BATCH)[:, None] != 2),
    "all empty": np.zeros((BATCH, STEPS), bool),
}


def sequences(seed: int = 0, dtype: str = "float32") -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(BATCH, STEPS, FEATURES)).astype(dtype)


def state(seed: int = 1, dtype: str = "float32") -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(BATCH, UNITS)).astype(dtype)


def weights(seed: int = 2, dtype: str = "float32") -> list[np.ndarray]:
    """Return a random kernel, recurrent kernel and bias."""
    rng = np.random.default_rng(seed)
    shapes = ((FEATURES, UNITS), (UNITS, UNITS), (UNITS,))
    return [(0.4 * rng.normal(size=shape)).astype(dtype) for shape in shapes]


def with_weights(layer: Any, values: list[np.ndarray] | None = None) -> Any:
    """Build `layer`, set its trainable weights and return it."""
    layer.build((BATCH, STEPS, FEATURES))
    values = weights() if values is None else values
    for variable, value in zip(layer.trainable_weights, values, strict=False):
        variable.assign(value)
    return layer


def as_list(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def assert_close(got: Any, expected: Any, tolerance: float = 1e-5) -> None:
    """Check that both are equal within a tolerance relative to the largest expected value."""
    got, expected = np.asarray(got, "float64"), np.asarray(expected, "float64")
    assert got.shape == expected.shape
    limit = tolerance * max(1e-3, np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=limit)


def value_and_gradients(
    layer: Any, arguments: list[np.ndarray], call: Callable[..., Any], cotangents: list[np.ndarray]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the outputs of `call(*arguments)` and the gradients of `sum(outputs * cotangents)`.

    The gradients are with respect to the arguments and then the trainable weights of `layer`.
    """
    import keras

    def loss(outputs: Any) -> Any:
        pairs = zip(as_list(outputs), cotangents, strict=True)
        return sum(keras.ops.sum(y * keras.ops.cast(c, y.dtype)) for y, c in pairs)

    variables = layer.trainable_weights
    if BACKEND == "tensorflow":
        import tensorflow as tf

        tensors = [tf.constant(a) for a in arguments]
        watched = [*tensors, *(v.value for v in variables)]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            outputs = call(*tensors)
            total = loss(outputs)
        gradients = tape.gradient(total, watched, unconnected_gradients="zero")
    elif BACKEND == "jax":
        import jax

        def total_of(tensors: list[Any], values: list[Any]) -> Any:
            with keras.StatelessScope(list(zip(variables, values, strict=True))):
                outputs = call(*tensors)
            return loss(outputs), outputs

        values = [v.value for v in variables]
        differentiate = jax.grad(total_of, argnums=(0, 1), has_aux=True)
        parts, outputs = differentiate([jax.numpy.asarray(a) for a in arguments], values)
        gradients = [*parts[0], *parts[1]]
    else:
        import torch

        tensors = [torch.tensor(a, requires_grad=True) for a in arguments]
        outputs = call(*tensors)
        watched = [*tensors, *(v.value for v in variables)]
        gradients = torch.autograd.grad(loss(outputs), watched, materialize_grads=True)
    to_numpy = keras.ops.convert_to_numpy
    return [to_numpy(y) for y in as_list(outputs)], [to_numpy(g) for g in gradients]


def reference_gradients(
    arguments: list[np.ndarray], cotangents: list[np.ndarray], **options: Any
) -> list[np.ndarray]:
    """Return the gradients of the NumPy reference from central differences in float64.

    `arguments` are the inputs, the initial state and the weights. The gradients are
    returned in the same order.
    """
    arguments = [np.array(a, "float64") for a in arguments]

    def loss() -> float:
        inputs, initial_state, *rest = arguments
        outputs = as_list(minimal_rnn(inputs, *rest, initial_state=initial_state, **options))
        return float(sum(np.sum(y * c) for y, c in zip(outputs, cotangents, strict=True)))

    gradients = [np.zeros_like(a) for a in arguments]
    for argument, gradient in zip(arguments, gradients, strict=True):
        for index in np.ndindex(argument.shape):
            old = argument[index]
            argument[index] = old + 1e-5
            above = loss()
            argument[index] = old - 1e-5
            gradient[index] = (above - loss()) / 2e-5
            argument[index] = old
    return gradients
