"""Gradients and compilation on TensorFlow."""

from collections.abc import Callable, Sequence
from typing import Any

from keras_seqext.testing.backends.call_counter import count_calls, count_traces
from keras_seqext.testing.backends.live_objects import count_live
from keras_seqext.testing.backends.saved_model import exported as exported

from .cost import flops as flops
from .cost import graph_size as graph_size
from .cost import host_transfers as host_transfers
from .cost import new_compilations as new_compilations
from .unknown_sizes import traced_with_unknown_sizes as traced_with_unknown_sizes


def gradients(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> tuple[float, list[Any], list[Any]]:
    """Return value and gradients; a gradient is `None` without a path to the loss."""
    import tensorflow as tf

    tensors = [tf.convert_to_tensor(value) for value in inputs]
    loss, found = _value_and_gradients(lambda: function(*tensors), tensors, variables)
    arrays = _as_numpy(found)
    return float(loss), arrays[: len(tensors)], arrays[len(tensors) :]


def compiled(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> Callable[..., Any]:
    """Return `function` as a graph, compiled by XLA on request or if the layer supports it.

    Without autograph, which `fit` and `predict` do not use either.
    """
    import tensorflow as tf

    jit = bool(getattr(layer, "supports_jit", True)) if xla is None else xla
    return tf.function(  # type: ignore[no-any-return]
        function, jit_compile=jit, reduce_retracing=False, autograph=False
    )


def repeated(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Return `function` as a graph, because an eager loop over time runs step by step in Python."""
    import tensorflow as tf

    return tf.function(function, autograph=False)  # type: ignore[no-any-return]


def repeated_gradients(
    function: Callable[..., Any], layer: Any
) -> Callable[[list[Any], Any], tuple[float, list[Any], list[Any]]]:
    """Return a graph of `(inputs, rest)` that returns value and gradients."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def graph(inputs: list[Any], rest: Any) -> Any:
        tensors = [tf.identity(value) for value in inputs]
        return _value_and_gradients(
            lambda: function(tensors, rest), tensors, layer.trainable_variables
        )

    def run(inputs: list[Any], rest: Any) -> tuple[float, list[Any], list[Any]]:
        loss, found = graph([tf.convert_to_tensor(value) for value in inputs], rest)
        arrays = _as_numpy(found)
        return float(loss), arrays[: len(inputs)], arrays[len(inputs) :]

    return run


def compiled_counting(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> tuple[Callable[..., Any], Callable[[], int]]:
    """Return `compiled(function)`, and a function that returns the number of traces so far."""
    return count_traces(compiled, function, layer, xla)


def traces_of_sizes(
    function: Callable[..., Any], layer: Any, calls: Sequence[tuple[Any, ...]]
) -> int:
    """Return the number of traces if every size that differs between calls is unknown."""
    import tensorflow as tf

    flat = [tf.nest.flatten(arguments) for arguments in calls]
    specs = [
        tf.TensorSpec(
            [n if len({n, *others}) == 1 else None for n, *others in zip(*shapes, strict=True)],
            same[0].dtype,
        )
        for same in zip(*flat, strict=True)
        for shapes in [[tuple(tensor.shape) for tensor in same]]
    ]
    signature = tf.nest.pack_sequence_as(calls[0], specs)

    traced, traces = count_calls(function)
    graph = tf.function(traced, autograph=False, input_signature=list(signature))
    for arguments in calls:
        graph(*arguments)
    return traces()


def second_order(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> list[Any]:
    """Return the gradients of the summed squared gradients of `function`, a scalar."""
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
    if not tf.is_tensor(total):  # no path at all: the sum is the integer 0
        return [None] * len(watched)
    return _as_numpy(outer.gradient(total, watched))


def live_tensors() -> int:
    """Return the number of tensors and variables in memory."""
    import tensorflow as tf

    return count_live(tf.Tensor, tf.Variable)


def _value_and_gradients(
    function: Callable[[], Any], tensors: list[Any], variables: Sequence[Any]
) -> tuple[Any, list[Any]]:
    """Return a scalar and its gradients by tensors and variables, as dense tensors or `None`."""
    import tensorflow as tf

    values = [variable.value for variable in variables]
    with tf.GradientTape(persistent=False, watch_accessed_variables=False) as tape:
        for tensor in [*tensors, *values]:
            tape.watch(tensor)
        loss = function()
    found = tape.gradient(loss, [*tensors, *values])
    # The gradient of an embedding table is a list of rows.
    return loss, [tf.convert_to_tensor(g) if isinstance(g, tf.IndexedSlices) else g for g in found]


def _as_numpy(gradients: Sequence[Any]) -> list[Any]:
    import tensorflow as tf

    return [None if g is None else tf.convert_to_tensor(g).numpy() for g in gradients]
