"""Models of one layer, with the inputs of the sample."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable
from keras_seqext.testing.core.tensors import flat_outputs, to_tensors

from .states import shared_layer


def symbolic_inputs(ctx: Context, *, any_time: bool = False) -> tuple[Any, ...]:
    """Return a `keras.Input` for each argument of the call, with an unknown batch size.

    Args:
        ctx: Context of the check.
        any_time: Whether the number of time steps is unknown too.
    """
    import keras

    def make(array: Any) -> Any:
        if array.dtype.kind in "USO":
            raise NotApplicable("not every backend accepts strings in a model")
        shape: list[int | None] = list(array.shape)
        if not ctx.traits.stateful:
            shape[0] = None
        axis = ctx.traits.time_axis
        if any_time and array.ndim > axis:
            shape[axis] = None
        return keras.Input(batch_shape=tuple(shape), dtype=str(array.dtype))

    return tuple(keras.tree.map_structure(make, argument) for argument in ctx.inputs())


def functional(ctx: Context, layer: Any, *, any_time: bool = False) -> Any:
    """Return a functional model of only the layer; for `any_time` see `symbolic_inputs`."""
    import keras

    inputs = symbolic_inputs(ctx, any_time=any_time)
    outputs = layer(*inputs, **dict(ctx.sample.call_kwargs))
    flat = keras.tree.flatten(list(inputs))
    return keras.Model(flat if len(flat) > 1 else flat[0], outputs)


def model_arguments(arguments: tuple[Any, ...]) -> Any:
    """Return arguments of the layer as the argument of a model made by `functional`."""
    import keras

    flat = keras.tree.flatten(list(arguments))
    return flat if len(flat) > 1 else flat[0]


def run_model(model: Any, arguments: tuple[Any, ...]) -> list[Any]:
    """Call a model on NumPy arrays at inference and return a list of NumPy arrays."""
    packed = model_arguments(arguments)
    tensors = to_tensors((packed,))[0]
    return flat_outputs(model(tensors, training=False))


def plain_outputs(ctx: Context) -> list[Any]:
    """Return the outputs for the sample at inference as NumPy arrays, computed once per case."""
    outputs: list[Any] = ctx.cached(
        "plain_outputs", lambda: ctx.run(shared_layer(ctx), *ctx.inputs())
    )
    return outputs


def other_arguments(ctx: Context, seed: int = 100) -> tuple[Any, ...]:
    """Return arguments of the same shapes with other values; fixed values are permuted."""
    if ctx.sample.values is None:
        return ctx.sample.make(ctx.seed + seed)
    import keras

    order = np.random.default_rng(ctx.seed + seed)
    return tuple(
        keras.tree.map_structure(lambda array: order.permutation(array, axis=0), argument)
        for argument in ctx.inputs()
    )
