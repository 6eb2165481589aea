"""Gradients and compilation on TensorFlow."""

from collections.abc import Callable, Sequence
from typing import Any


def gradients(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> tuple[float, list[Any], list[Any]]:
    """Value and gradients of `function(*inputs)`, a scalar, by `inputs` and `variables`.

    A gradient is `None` where there is no path.
    """
    import tensorflow as tf

    tensors = [tf.convert_to_tensor(value) for value in inputs]
    values = [variable.value for variable in variables]
    with tf.GradientTape(persistent=False, watch_accessed_variables=False) as tape:
        for tensor in [*tensors, *values]:
            tape.watch(tensor)
        loss = function(*tensors)
    found = tape.gradient(loss, [*tensors, *values])
    dense = [tf.convert_to_tensor(g) if isinstance(g, tf.IndexedSlices) else g for g in found]
    arrays = [None if gradient is None else gradient.numpy() for gradient in dense]
    return float(loss), arrays[: len(tensors)], arrays[len(tensors) :]


def compiled(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` of tensors as a graph compiled by XLA where the layer allows it."""
    import tensorflow as tf

    jit = bool(getattr(layer, "supports_jit", True))
    return tf.function(function, jit_compile=jit, reduce_retracing=False)  # type: ignore[no-any-return]


def repeated(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` for many calls on arrays of the same shapes."""
    return function


def repeated_gradients(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Gradients of `function(inputs, rest)`, a scalar, by the list `inputs` and the weights.

    The result is called as `(inputs, rest)` and gives value, gradients by `inputs` and by
    `layer.trainable_variables`.
    """

    def run(inputs: list[Any], rest: Any) -> tuple[float, list[Any], list[Any]]:
        def loss(*tensors: Any) -> Any:
            return function(list(tensors), rest)

        return gradients(loss, inputs, list(layer.trainable_variables))

    return run
