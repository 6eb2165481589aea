"""Gradients on any backend."""

from collections.abc import Callable, Sequence

import keras
import numpy as np

Function = Callable[[list[object]], object]


def gradients(
    function: Function, arrays: Sequence[np.ndarray], variables: Sequence[keras.Variable] = ()
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the gradients of the scalar `function(tensors)`.

    The result is a tuple of the gradients with respect to `arrays` and to `variables`. A
    gradient is zero if the function does not depend on its argument.
    """
    backend = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[keras.backend.backend()]
    of_arrays, of_variables = backend(function, arrays, variables)
    return (
        [_array(g, like) for g, like in zip(of_arrays, arrays, strict=True)],
        [_array(g, like) for g, like in zip(of_variables, variables, strict=True)],
    )


def _array(gradient: object, like: np.ndarray | keras.Variable) -> np.ndarray:
    if gradient is None:
        return np.zeros(like.shape)
    return np.asarray(keras.ops.convert_to_numpy(gradient))


def _tensorflow(
    function: Function, arrays: Sequence[np.ndarray], variables: Sequence[keras.Variable]
) -> tuple[list[object], list[object]]:
    import tensorflow as tf

    tensors = [tf.convert_to_tensor(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = function(tensors)
    found = tape.gradient(value, [*tensors, *(variable.value for variable in variables)])
    # The gradient of an embedding consists of the rows that were looked up.
    found = [tf.convert_to_tensor(g) if isinstance(g, tf.IndexedSlices) else g for g in found]
    return found[: len(tensors)], found[len(tensors) :]


def _jax(
    function: Function, arrays: Sequence[np.ndarray], variables: Sequence[keras.Variable]
) -> tuple[list[object], list[object]]:
    import jax

    def stateless(tensors: list[object], values: list[object]) -> object:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(tensors)

    tensors = [jax.numpy.asarray(array) for array in arrays]
    values = [variable.value for variable in variables]
    of_tensors, of_values = jax.grad(stateless, argnums=(0, 1))(tensors, values)
    return of_tensors, of_values


def _torch(
    function: Function, arrays: Sequence[np.ndarray], variables: Sequence[keras.Variable]
) -> tuple[list[object], list[object]]:
    import torch

    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    value = function(tensors)
    sources = [*tensors, *(variable.value for variable in variables)]
    found = list(torch.autograd.grad(value, sources, allow_unused=True))
    return found[: len(tensors)], found[len(tensors) :]
