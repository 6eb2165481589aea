"""A layer inside a model, with the inputs of the sample."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable
from keras_seqext.testing.core.tensors import flat_outputs, to_tensors

from .states import shared_layer


def symbolic_inputs(ctx: Context, *, any_time: bool = False) -> tuple[Any, ...]:
    """`keras.Input`s like the arguments of the call, for any batch size.

    Args:
        ctx: Of the check.
        any_time: Leave the number of time steps open too.
    """
    import keras

    def one(array: Any) -> Any:
        if array.dtype.kind in "USO":
            raise NotApplicable("strings do not enter a model on every backend")
        shape: list[int | None] = list(array.shape)
        if not ctx.traits.stateful:
            shape[0] = None
        axis = ctx.traits.time_axis
        if any_time and array.ndim > axis:
            shape[axis] = None
        return keras.Input(batch_shape=tuple(shape), dtype=str(array.dtype))

    return tuple(
        type(a)(one(part) for part in a) if isinstance(a, (list, tuple)) else one(a)
        for a in ctx.inputs()
    )


def functional(ctx: Context, layer: Any, *, any_time: bool = False) -> Any:
    """A functional model that is the layer alone; sizes as in `symbolic_inputs`."""
    import keras

    inputs = symbolic_inputs(ctx, any_time=any_time)
    outputs = layer(*inputs, **dict(ctx.sample.call_kwargs))
    flat = keras.tree.flatten(list(inputs))
    return keras.Model(flat if len(flat) > 1 else flat[0], outputs)


def model_arguments(arguments: tuple[Any, ...]) -> Any:
    """Arguments of the layer as the one argument of a model made by `functional`."""
    import keras

    flat = keras.tree.flatten(list(arguments))
    return flat if len(flat) > 1 else flat[0]


def run_model(model: Any, arguments: tuple[Any, ...]) -> list[Any]:
    """Calls a model on NumPy arrays at inference; a list of NumPy arrays."""
    packed = model_arguments(arguments)
    tensors = to_tensors((packed,))[0]
    return flat_outputs(model(tensors, training=False))


def plain_outputs(ctx: Context) -> list[Any]:
    """What the layer gives for the sample at inference, as NumPy arrays; run once a case."""
    outputs: list[Any] = ctx.cached(
        "plain_outputs", lambda: ctx.run(shared_layer(ctx), *ctx.inputs())
    )
    return outputs


def other_arguments(ctx: Context, seed: int = 100) -> tuple[Any, ...]:
    """Arguments of the same shapes with other values; a sample of fixed values is permuted."""
    if ctx.sample.values is None:
        return ctx.sample.make(ctx.seed + seed)
    import keras

    order = np.random.default_rng(ctx.seed + seed)
    return tuple(
        keras.tree.map_structure(lambda array: order.permutation(array, axis=0), argument)
        for argument in ctx.inputs()
    )
