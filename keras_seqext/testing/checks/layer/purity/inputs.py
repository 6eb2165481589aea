"""Check of arguments: a call does not modify them."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require, require_close
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import to_numpy, to_tensors
from keras_seqext.testing.helpers.hidden_state import takes_training


@layer_check("core")
def input_unchanged(ctx: Context) -> None:
    """A call does not modify its arguments: arrays, lists and masks.

    Why it matters: the data of the caller is changed in place, and the next epoch trains on it.
    Usual causes: `x += 1` or `x[...] = 0` on torch or NumPy, which work in place; `inputs.pop()` on
    a list.
    """
    layer = ctx.built()
    mask = _time_mask(ctx)
    modes = (False, True) if takes_training(layer) else (None,)
    for training in modes:
        kwargs = dict(ctx.sample.call_kwargs)
        if training is not None:
            kwargs["training"] = training
        _require_unchanged(
            layer, to_tensors(ctx.inputs()), kwargs, "the input tensor", must_run=True
        )
        if not training:
            _require_unchanged(layer, ctx.inputs(), kwargs, "the NumPy input")
        if mask is not None and training is modes[-1]:
            masked = {**kwargs, "mask": to_tensors((mask,))[0]}
            _require_unchanged(layer, to_tensors(ctx.inputs()), masked, "the input or its mask")


def _time_mask(ctx: Context) -> Any:
    if not ctx.traits.takes_mask or "mask" in ctx.sample.call_kwargs:
        return None
    try:
        ctx.sequence_input()
    except NotApplicable:
        return None
    return ctx.masks()["right"]


def _require_unchanged(
    layer: Any, arguments: Any, kwargs: Any, what: str, must_run: bool = False
) -> None:
    """Call the layer and compare its arguments with copies, by identity and by value."""
    given = [*arguments, *kwargs.values()]
    before = [_parts(value) for value in given]
    copies = [[_array(part).copy() for part in parts] for parts in before]
    try:
        layer(*arguments, **kwargs)
    except Exception:
        if must_run:
            raise
        return  # the layer may reject NumPy arrays or this mask; other checks report it
    for value, parts, copied in zip(given, before, copies, strict=True):
        now = _parts(value)
        same = len(now) == len(parts) and all(a is b for a, b in zip(now, parts, strict=True))
        require(
            same,
            f"{what}, a list or dict, contains other objects after the call ({len(now)} objects, "
            f"{len(parts)} before)",
        )
        for part, copy in zip(now, copied, strict=True):
            _require_same_values(_array(part), copy, what)


def _require_same_values(now: Any, before: Any, what: str) -> None:
    if now.dtype.kind in "fc":
        require_close(now, before, 0.0, f"{what} after the call, before it")
        return
    if now.shape != before.shape or not bool(np.all(now == before)):
        raise CheckFailure(f"the call modified {what}")


def _parts(value: Any) -> list[Any]:
    import keras

    return [part for part in keras.tree.flatten(value) if part is not None]


def _array(value: Any) -> Any:
    """Return a tensor as an array; return arrays, strings and numbers as NumPy represents them."""
    known = (np.ndarray, np.generic, str, bytes, bool, int, float)
    return np.asarray(value) if isinstance(value, known) else to_numpy(value)
