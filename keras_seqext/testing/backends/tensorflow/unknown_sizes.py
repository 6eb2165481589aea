"""Traces on TensorFlow for inputs of unknown size."""

from collections.abc import Callable, Sequence
from typing import Any


def traced_with_unknown_sizes(
    function: Callable[..., Any], layer: Any, arguments: Sequence[Any], shapes: Sequence[Any]
) -> Callable[..., Any]:
    """Return `function` traced once; a name in a shape, such as `"steps"`, is any size."""
    import tensorflow as tf

    signature = [
        tf.TensorSpec(
            [None if isinstance(size, str) else size for size in shape],
            tf.convert_to_tensor(value).dtype,
        )
        for value, shape in zip(arguments, shapes, strict=True)
    ]
    traced = tf.function(function, input_signature=signature, autograph=False)
    traced.get_concrete_function()
    return lambda *values: traced(*map(tf.convert_to_tensor, values))
