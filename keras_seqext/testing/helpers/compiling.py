"""Compiled calls: requirements, inputs of other sizes, and errors."""

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, Skipped

from .hidden_state import sublayers
from .resized_inputs import batch, first_line, resized, variable_length


def require_compilable(ctx: Context) -> None:
    """Raise `NotApplicable` if the layer or its inputs cannot be compiled."""
    import keras

    if ctx.traits.host_only:
        raise NotApplicable("declared: host_only=True, it runs only outside compiled graphs")
    if any(np.asarray(v).dtype.kind in "USO" for v in keras.tree.flatten(list(ctx.inputs()))):
        raise NotApplicable("strings cannot be compiled")


def require_repeatable(ctx: Context) -> None:
    """Raise `NotApplicable` if two calls differ on purpose."""
    if ctx.traits.random_inference:
        raise NotApplicable("declared: random_inference=True")


def supports_jit(layer: Any) -> bool:
    """Return whether the layer and all of its sublayers support XLA."""
    return all(bool(getattr(part, "supports_jit", True)) for part in sublayers(layer))


def plain_call(ctx: Context, layer: Any) -> Callable[..., Any]:
    """Return the call of the layer at inference as a function of tensors."""
    return lambda *arguments: ctx.call(layer, *arguments)


def run_or_fail(what: str, function: Callable[[], Any]) -> Any:
    """Return `function()`; raise `CheckFailure` with `what` in the message for any error."""
    try:
        return function()
    except (CheckFailure, NotApplicable, Skipped):
        raise
    except Exception as error:
        raise CheckFailure(f"{what} failed: {first_line(error)}") from error


def other_sizes(ctx: Context, rows: int = 1, steps: int = 2) -> tuple[Any, ...] | None:
    """Return inputs with more rows and, if the length may change, more steps.

    Return `None` if neither may change.
    """
    more_rows: int | None
    more_steps: int | None
    try:
        more_rows = batch(ctx) + rows
    except NotApplicable:
        more_rows = None
    try:
        more_steps = variable_length(ctx) + steps if steps else None
    except NotApplicable:
        more_steps = None
    if more_rows is None and more_steps is None:
        return None
    return resized(ctx, more_rows, more_steps)


def cut(ctx: Context, arguments: tuple[Any, ...], steps: int) -> tuple[Any, ...]:
    """Return arguments cut to a number of steps; not applicable if the length is fixed."""
    import keras

    length, axis = variable_length(ctx), ctx.traits.time_axis

    def shorter(array: Any) -> Any:
        if array.ndim > axis and array.shape[axis] == length:
            return array.take(range(min(steps, length)), axis=axis)
        return array

    return tuple(keras.tree.map_structure(shorter, argument) for argument in arguments)
