"""Symbolic calls of a layer, with known or unknown sizes."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable

from .resized_inputs import Attempt, attempt, resized
from .tensor_specs import Spec, specs


def symbolic_inputs(ctx: Context, any_batch: bool, any_length: bool, like: Any = None) -> Any:
    """Return a `KerasTensor` for each input, with unknown batch size or length on request."""
    import keras

    return keras.tree.map_structure(
        lambda v: keras.KerasTensor(_shape(ctx, v, any_batch, any_length), dtype=_dtype(v)),
        ctx.inputs() if like is None else like,
    )


def functional_inputs(ctx: Context, any_batch: bool, any_length: bool) -> Any:
    """Return a `keras.Input` for each input."""
    import keras

    if ctx.backend != "tensorflow" and any(
        np.asarray(v).dtype.kind in "USO" for v in keras.tree.flatten(ctx.inputs())
    ):
        raise NotApplicable(f"models do not accept strings on {ctx.backend}")
    return keras.tree.map_structure(
        lambda v: keras.Input(batch_shape=_shape(ctx, v, any_batch, any_length), dtype=_dtype(v)),
        ctx.inputs(),
    )


def sizes_shape(ctx: Context, value: Any, batch: Any, length: Any) -> tuple[Any, ...]:
    """Return the shape of an input with `batch` and `length` inserted, unless they are `False`."""
    first = _first(ctx)
    axis = ctx.traits.time_axis
    shape: list[Any] = list(np.asarray(value).shape)
    if length is not False and len(shape) > axis and shape[axis] == first.shape[axis]:
        shape[axis] = length
    if batch is not False and shape and shape[0] == first.shape[0]:
        shape[0] = batch
    return tuple(shape)


def symbolic(ctx: Context, any_batch: bool = False, any_length: bool = False) -> Attempt:
    """Return an attempt whose value is the list of specs of a symbolic call.

    The layer is only called on symbolic tensors, the first time with all sizes known.
    """
    if any_batch or any_length:
        symbolic(ctx)
    layer = symbolic_layer(ctx)

    def run() -> Any:
        return specs(ctx.call(layer, *symbolic_inputs(ctx, any_batch, any_length)))

    key = f"symbolic {any_batch} {any_length}"
    return ctx.cached(key, lambda: attempt(layer, run))  # type: ignore[no-any-return]


def symbolic_at(ctx: Context, rows: int | None = None, length: int | None = None) -> Attempt:
    """Return the same as `symbolic` for another known batch size or length."""
    symbolic(ctx)
    layer = symbolic_layer(ctx)
    arguments = symbolic_inputs(ctx, False, False, resized(ctx, rows, length))
    return attempt(layer, lambda: specs(ctx.call(layer, *arguments)))


def built_symbolically(ctx: Context, layer: Any, arguments: Any, what: str) -> list[Spec]:
    """Build a layer by a symbolic call, which compiles nothing; return the output specs."""
    inputs = symbolic_inputs(ctx, False, False, arguments)
    outcome = attempt(layer, lambda: specs(ctx.call(layer, *inputs)))
    return list(outcome.get(what))


def symbolic_layer(ctx: Context) -> Any:
    """Return the layer that is only called on symbolic tensors."""
    return ctx.cached("symbolic layer", ctx.make)


def _shape(ctx: Context, value: Any, any_batch: bool, any_length: bool) -> tuple[int | None, ...]:
    return sizes_shape(ctx, value, None if any_batch else False, None if any_length else False)


def _first(ctx: Context) -> Any:
    import keras

    return np.asarray(keras.tree.flatten(ctx.inputs())[0])


def _dtype(value: Any) -> str:
    dtype = np.asarray(value).dtype
    return "string" if dtype.kind in "USO" else str(dtype)
