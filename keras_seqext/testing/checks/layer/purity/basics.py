"""Rows of a batch do not see each other, and a call leaves nothing behind."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require, require_close
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs
from keras_seqext.testing.helpers.batch_rows import Rows, call_with
from keras_seqext.testing.helpers.states import (
    State,
    paths,
    seed_variables,
    shared_layer,
    shared_outputs,
)


def _independent_rows(ctx: Context) -> Rows:
    if not ctx.traits.per_example:
        raise NotApplicable("the layer declares per_example=False: its rows see each other")
    if ctx.traits.random_inference:
        raise NotApplicable("the layer declares random_inference=True")
    if ctx.traits.stateful and not hasattr(ctx.make(), "reset_state"):
        raise NotApplicable("the layer carries state and has no `reset_state`")
    return Rows(ctx)


@layer_check("core", after=("inference_pure",))
def batch_permute(ctx: Context) -> None:
    """Rows of a batch in another order give the same outputs in that order.

    Why it matters: `fit` shuffles; a prediction must not depend on the place in the batch.
    Usual causes: the row number is used in the computation; a reshape mixes the batch with
    another axis; an axis is counted from the wrong end.
    """
    rows = _independent_rows(ctx)
    layer = shared_layer(ctx)
    state = State(layer)
    expected = rows.by_row(shared_outputs(ctx))
    last = rows.count - 1
    # Neither order commutes with both a flip and a roll of the batch.
    orders = [[*range(1, last + 1), 0], [*range(1, last), 0, last] if last > 1 else [1, 0]]
    for order in orders:
        state.restore()
        actual = rows.outputs(layer, *rows.reordered(np.array(order)))
        ctx.close(actual, [e[order] for e in expected], 2e-5, "permuted before, permuted after")


@layer_check("core", after=("inference_pure",))
def batch_leak(ctx: Context) -> None:
    """What one row of a batch holds, however large or broken, changes no other row.

    Why it matters: one sample with a NaN would spoil the predictions of all its neighbours.
    Usual causes: a maximum, mean or normalisation over the batch axis at inference; a product
    with a 0/1 matrix instead of a selection, for 0 times NaN is NaN.
    """
    rows = _independent_rows(ctx)
    layer = shared_layer(ctx)
    state = State(layer)
    expected = rows.by_row(shared_outputs(ctx))
    for name, row, tame, fill in rows.fills():
        state.restore()
        arguments, kwargs = rows.replaced(row, fill)
        try:
            actual = rows.outputs(layer, arguments, kwargs)
        except Exception:
            if tame:
                raise
            continue  # a layer may refuse values that it was not promised
        others = [i for i in range(rows.count) if i != row]
        for changed, plain in zip(actual, expected, strict=True):
            try:
                require_close(
                    changed[others], plain[others], ctx.tolerance(2e-5), "with it, without"
                )
            except CheckFailure as failure:
                raise CheckFailure(
                    f"row {row} was replaced by {name}, and other rows changed, "
                    f"counted without it: {failure}"
                ) from None


@layer_check("core")
def inference_pure(ctx: Context) -> None:
    """At inference a call changes no variable and depends on no call before it.

    Why it matters: predictions would depend on what was predicted before, or on chance.
    Usual causes: statistics updated without asking for `training`; noise at inference; a
    result, a counter or the last input kept on the layer.
    """
    layer = shared_layer(ctx)
    state = State(layer)
    seeds = {id(v) for v in seed_variables(layer)}
    arguments, kwargs = ctx.inputs(), dict(ctx.sample.call_kwargs)
    other = _other_inputs(ctx)
    first = flat_outputs(call_with(layer, arguments, kwargs))
    changed = [v for v in state.changed() if id(v) not in seeds]
    if ctx.traits.stateful:
        changed = [v for v in changed if v.trainable]
    require(not changed, f"one call at inference changed {paths(changed)}")
    if ctx.traits.random_inference:
        return
    if ctx.traits.stateful:
        state.restore()
    # A third call finds what happens every other time.
    for number, what in enumerate(("second", "third")):
        again = flat_outputs(call_with(layer, arguments, kwargs))
        ctx.close(again, first, 1e-7, f"{what} call, first call")
        if ctx.traits.stateful:
            state.restore()
        elif number == 0:
            between = flat_outputs(call_with(layer, other, kwargs))
    if ctx.traits.stateful:
        return
    twin = ctx.copy_of(layer, other)
    ctx.close(
        flat_outputs(call_with(twin, other, kwargs)),
        between,
        2e-5,
        "a layer that saw nothing else, one that saw another input before",
    )


def _other_inputs(ctx: Context) -> Any:
    """Other values of the same shapes."""
    if ctx.sample.values is None:
        return ctx.sample.make(ctx.seed + 1)
    import keras

    return tuple(
        keras.tree.map_structure(lambda a: np.roll(a, 1, axis=0) if a.ndim else a, argument)
        for argument in ctx.inputs()
    )
