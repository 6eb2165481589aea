"""Gradients and compilation on TensorFlow."""

from collections.abc import Callable, Sequence
from typing import Any

from ._tensorflow_graph import flops as flops
from ._tensorflow_graph import graph_size as graph_size
from ._tensorflow_graph import host_transfers as host_transfers


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


def trace_counts(
    function: Callable[..., Any], layer: Any, calls: Sequence[tuple[Any, ...]]
) -> list[int]:
    """How often `function` is traced by each call of it compiled, one after the other."""
    import tensorflow as tf

    traces = [0]

    def counted(*arguments: Any) -> Any:
        traces[0] += 1
        return function(*arguments)

    graph, counts = tf.function(counted, autograph=False), []
    for arguments in calls:
        before = traces[0]
        graph(*arguments)
        counts.append(traces[0] - before)
    return counts


def second_order(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> list[Any]:
    """Gradients of the summed squares of the gradients of `function`, a scalar."""
    import tensorflow as tf

    tensors = [tf.convert_to_tensor(value) for value in inputs]
    watched = [*tensors, *(variable.value for variable in variables)]
    with tf.GradientTape(watch_accessed_variables=False) as outer:
        outer.watch(watched)
        with tf.GradientTape(watch_accessed_variables=False) as inner:
            inner.watch(watched)
            loss = function(*tensors)
        first = inner.gradient(loss, watched)
        total = sum(tf.reduce_sum(tf.square(g)) for g in first if g is not None)
    if not tf.is_tensor(total):
        return [None] * len(watched)
    found = outer.gradient(total, watched)
    return [
        None if gradient is None else tf.convert_to_tensor(gradient).numpy() for gradient in found
    ]


def live_tensors() -> int:
    """Number of tensors and variables that are alive."""
    import gc

    import tensorflow as tf

    # `isinstance` would ask some lazy modules for their class and load them.
    return sum(1 for thing in gc.get_objects() if issubclass(type(thing), (tf.Tensor, tf.Variable)))


def exported(model: Any, folder: str) -> Callable[..., Any]:
    """The model written as a TensorFlow SavedModel and read again, a function of NumPy arrays."""
    from ._saved_model import exported as saved_model

    return saved_model(model, folder)
