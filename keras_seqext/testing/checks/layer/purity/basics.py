"""Checks of rows and calls: independent rows of a batch, and calls without side effects."""

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
        raise NotApplicable("per_example=False is declared: rows affect each other")
    if ctx.traits.random_inference:
        raise NotApplicable("random_inference is declared")
    if ctx.traits.stateful and not hasattr(ctx.make(), "reset_state"):
        raise NotApplicable("the layer is stateful and has no method `reset_state`")
    return Rows(ctx)


@layer_check("core", after=("inference_pure",))
def batch_permute(ctx: Context) -> None:
    """Permuting the rows of a batch permutes the outputs in the same way.

    Why it matters: `fit` shuffles; a prediction must not depend on the position in the batch.
    Usual causes: the row number is used in the computation; a reshape mixes the batch axis with
    another axis; an axis is counted from the wrong end.
    """
    rows = _independent_rows(ctx)
    layer = shared_layer(ctx)
    state = State(layer)
    expected = rows.by_row(shared_outputs(ctx))
    last = rows.count - 1
    # A layer that flips or rolls the batch is detected by at least one of these two orders.
    orders = [[*range(1, last + 1), 0], [*range(1, last), 0, last] if last > 1 else [1, 0]]
    for order in orders:
        state.restore()
        actual = rows.outputs(layer, *rows.reordered(np.array(order)))
        ctx.close(
            actual,
            [e[order] for e in expected],
            2e-5,
            "rows permuted before the call, after the call",
        )


@layer_check("core", after=("inference_pure",))
def batch_leak(ctx: Context) -> None:
    """The values of a row, even NaN or very large values, do not affect other rows.

    Why it matters: a sample with a NaN would spoil the predictions of all other samples in its
    batch.
    Usual causes: a maximum, mean or normalisation over the batch axis at inference; a product with
    a 0/1 matrix in place of a selection, because 0 times NaN is NaN.
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
            continue  # a layer may reject such values
        others = [i for i in range(rows.count) if i != row]
        for changed, plain in zip(actual, expected, strict=True):
            try:
                require_close(
                    changed[others], plain[others], ctx.tolerance(2e-5), "with it, without it"
                )
            except CheckFailure as failure:
                raise CheckFailure(
                    f"after row {row} was replaced by {name}, other rows changed (their indices do "
                    f"not count that row): {failure}"
                ) from None


@layer_check("core")
def inference_pure(ctx: Context) -> None:
    """At inference a call changes no variable and does not depend on earlier calls.

    Why it matters: predictions would depend on earlier predictions, or on chance.
    Usual causes: statistics updated regardless of `training`; noise at inference; a result, a
    counter or the last input stored on the layer.
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
    # The third call detects an effect that occurs in every second call.
    for number, what in enumerate(("second", "third")):
        again = flat_outputs(call_with(layer, arguments, kwargs))
        ctx.close(again, first, 1e-7, f"{what} call, first call")
        if ctx.traits.stateful:
            state.restore()
        elif number == 0:
            between = flat_outputs(call_with(layer, other, kwargs))
    if ctx.traits.stateful:
        return
    new = ctx.copy_of(layer, other)
    ctx.close(
        flat_outputs(call_with(new, other, kwargs)),
        between,
        2e-5,
        "new layer, layer that was called on another input before",
    )


def _other_inputs(ctx: Context) -> Any:
    """Return other values of the same shapes."""
    if ctx.sample.values is None:
        return ctx.sample.make(ctx.seed + 1)
    import keras

    return tuple(
        keras.tree.map_structure(lambda a: np.roll(a, 1, axis=0) if a.ndim else a, argument)
        for argument in ctx.inputs()
    )
