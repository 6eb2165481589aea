"""Tracing, and steps that update variables, on TensorFlow."""

from collections.abc import Callable
from typing import Any

from keras_seqext.testing.backends.without_generator import generator_state as generator_state
from keras_seqext.testing.backends.without_generator import (
    save_generator_state as save_generator_state,
)


def is_symbolic(value: Any) -> bool:
    """Return whether a value is a tensor of a graph under construction."""
    import tensorflow as tf

    return isinstance(value, tf.Tensor) and bool(tf.is_symbolic_tensor(value))


def trace(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> None:
    """Trace `function(*arguments)`, with an unknown batch size if the function supports it."""
    import keras
    import tensorflow as tf

    def spec(value: Any, any_batch: bool) -> Any:
        shape = list(value.shape)
        if any_batch and shape:
            shape[0] = None
        return tf.TensorSpec(shape, value.dtype)

    traced = tf.function(function, reduce_retracing=False, autograph=False)
    for any_batch in (True, False):
        specs = keras.tree.map_structure(lambda v, b=any_batch: spec(v, b), arguments)
        try:
            traced.get_concrete_function(*specs)
            return
        except (TypeError, ValueError, tf.errors.OpError):
            if not any_batch:
                raise


def compiled_step(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Return `function` as a graph, which updates variables."""
    import tensorflow as tf

    return tf.function(function, reduce_retracing=False, autograph=False)  # type: ignore[no-any-return]


def global_draw() -> float | None:
    """Return a number from the global random generator of TensorFlow."""
    import tensorflow as tf

    return float(tf.random.uniform([]))
