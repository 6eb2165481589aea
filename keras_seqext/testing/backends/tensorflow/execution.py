"""Gradients and compilation on TensorFlow."""

from collections.abc import Callable, Sequence
from typing import Any

from .cost import flops as flops
from .cost import graph_size as graph_size
from .cost import host_transfers as host_transfers
from .cost import new_compilations as new_compilations
from .unknown_sizes import traced_with_unknown_sizes as traced_with_unknown_sizes


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


def compiled(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> Callable[..., Any]:
    """`function` of tensors as a graph, compiled by XLA where asked, or where the layer allows it.

    Without autograph, which `fit` and `predict` do not use either.
    """
    import tensorflow as tf

    jit = bool(getattr(layer, "supports_jit", True)) if xla is None else xla
    return tf.function(  # type: ignore[no-any-return]
        function, jit_compile=jit, reduce_retracing=False, autograph=False
    )


def repeated(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` for many calls on arrays of the same shapes.

    A graph, because an eager loop over time runs step by step from Python.
    """
    import tensorflow as tf

    return tf.function(function, autograph=False)  # type: ignore[no-any-return]


def repeated_gradients(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Gradients of `function(inputs, rest)`, a scalar, by the list `inputs` and the weights.

    The result is called as `(inputs, rest)` and gives value, gradients by `inputs` and by
    `layer.trainable_variables`.
    """
    import tensorflow as tf

    @tf.function(autograph=False)
    def graph(inputs: list[Any], rest: Any) -> Any:
        tensors = [tf.identity(value) for value in inputs]
        values = [variable.value for variable in layer.trainable_variables]
        with tf.GradientTape(persistent=False, watch_accessed_variables=False) as tape:
            for tensor in [*tensors, *values]:
                tape.watch(tensor)
            loss = function(tensors, rest)
        found = tape.gradient(loss, [*tensors, *values])
        return loss, [
            tf.convert_to_tensor(g) if isinstance(g, tf.IndexedSlices) else g for g in found
        ]

    def run(inputs: list[Any], rest: Any) -> tuple[float, list[Any], list[Any]]:
        loss, found = graph([tf.convert_to_tensor(value) for value in inputs], rest)
        arrays = [None if gradient is None else gradient.numpy() for gradient in found]
        return float(loss), arrays[: len(inputs)], arrays[len(inputs) :]

    return run


def compiled_counting(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> tuple[Callable[..., Any], Callable[[], int]]:
    """`compiled(function)`, and a function that says how often it was traced so far."""
    from keras_seqext.testing.backends.call_counter import counted

    traced, traces = counted(function)
    return compiled(traced, layer, xla=xla), traces


def traces_of_sizes(
    function: Callable[..., Any], layer: Any, calls: Sequence[tuple[Any, ...]]
) -> int:
    """How often `function` is traced for calls whose sizes differ, these sizes left open."""
    import tensorflow as tf

    from keras_seqext.testing.backends.call_counter import counted

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

    traced, traces = counted(function)
    graph = tf.function(traced, autograph=False, input_signature=list(signature))
    for arguments in calls:
        graph(*arguments)
    return traces()


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


def exported(model: Any, folder: str, arguments: Sequence[Any]) -> Callable[..., Any]:
    """The model written as a TensorFlow SavedModel and read again, a function of NumPy arrays."""
    from keras_seqext.testing.backends.saved_model import exported as saved_model

    return saved_model(model, folder)
