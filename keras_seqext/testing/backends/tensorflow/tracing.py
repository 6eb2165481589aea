"""Tracing, and steps that update variables, on TensorFlow."""

from collections.abc import Callable
from typing import Any


def is_symbolic(value: Any) -> bool:
    """Whether it stands for a tensor of a graph in the making."""
    import tensorflow as tf

    return isinstance(value, tf.Tensor) and bool(tf.is_symbolic_tensor(value))


def trace(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> None:
    """Traces `function(*arguments)` and runs nothing; the batch is open where that works."""
    import keras
    import tensorflow as tf

    def spec(value: Any, open_batch: bool) -> Any:
        shape = list(value.shape)
        if open_batch and shape:
            shape[0] = None
        return tf.TensorSpec(shape, value.dtype)

    traced = tf.function(function, reduce_retracing=False, autograph=False)
    for open_batch in (True, False):
        specs = keras.tree.map_structure(lambda v, o=open_batch: spec(v, o), arguments)
        try:
            traced.get_concrete_function(*specs)
            return
        except (TypeError, ValueError, tf.errors.OpError):
            if not open_batch:
                raise


def compiled_step(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` as a graph; updates of variables are kept."""
    import tensorflow as tf

    return tf.function(function, reduce_retracing=False, autograph=False)  # type: ignore[no-any-return]


def global_draw() -> float | None:
    """A number from the global random generator of the backend."""
    import tensorflow as tf

    return float(tf.random.uniform([]))


def save_generator_state() -> Callable[[], None]:
    """Nothing is kept: Keras draws from seeds alone on this backend."""
    return lambda: None


def generator_state() -> bytes | None:
    """The state of the global generator, which cannot be read without changing it."""
    return None
