"""A padded row gives what the row alone gives."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, naming
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.masking.masked_outputs import Masked, masked

TOLERANCE = 5e-5


@layer_check("core", after=("call_finite", "mask_implicit"), cost="medium")
def pad_right(ctx: Context) -> None:
    """A row padded at its end, with a mask, gives the same as the row alone.

    Why it matters: otherwise a prediction depends on the longest row of its batch.
    Usual causes: a mean divides by the padded length; the last step is taken at index -1; the
    state moves on over masked steps.
    Reference: keras-team/keras #4192, #3086, #1300.
    """
    _compare_with_short_rows(ctx, "right")


@layer_check("core", after=("call_finite", "mask_implicit"), cost="medium")
def pad_left(ctx: Context) -> None:
    """A row padded at its start, with a mask, gives the same as the row alone.

    Why it matters: `pad_sequences` pads at the start unless told otherwise.
    Usual causes: positions, or the number of steps, are counted from the padded start; the mask
    is turned into lengths.
    Reference: keras-team/keras #4192, #3086, #1300.
    """
    if ctx.traits.position_aware:
        raise NotApplicable("it is declared to know the position of a step (position_aware)")
    _compare_with_short_rows(ctx, "left")


def _compare_with_short_rows(ctx: Context, kind: str) -> None:
    if ctx.traits.fixed_length:
        raise NotApplicable("it is declared to work for one length alone (fixed_length)")
    if not ctx.traits.per_example:
        raise NotApplicable("rows see each other, so the other rows would change too")
    compared = 0
    for words, run in _modes(ctx):
        padded, counts = run.padded(kind), run.mask("right").sum(1)
        for row in np.flatnonzero(counts < run.steps):
            alone = run.truncated_to(int(row))
            compared += _compare_row(ctx, run, kind, int(row), padded, alone, words)
    if not compared:
        raise NotApplicable("no output tells which of its steps belong to the row")


def _modes(ctx: Context) -> list[tuple[str, Masked]]:
    """The layer as it is and, where it can return sequences or not, the other way round."""
    run = masked(ctx)
    current = run.layer.get_config().get("return_sequences")
    if not isinstance(current, bool):
        return [("", run)]
    other: Masked = ctx.cached(
        "masked with the other return_sequences",
        lambda: Masked(ctx, ctx.copy_of(run.layer, return_sequences=not current)),
    )
    return [
        (f"return_sequences={current}, ", run),
        (f"return_sequences={not current}, ", other),
    ]


def _compare_row(
    ctx: Context, run: Masked, kind: str, row: int, padded: Any, alone: Any, words: str
) -> int:
    compared, steps = 0, int(run.mask(kind)[row].sum())
    for place, (long, short) in enumerate(zip(padded, alone, strict=True)):
        keep = run.valid_positions(place, kind, long.shape)
        if keep is None:
            continue
        left = long[row] if keep.ndim == 1 else long[row][keep[row]]
        if left.shape != short[row].shape:
            continue  # an axis of attended steps, or a length that the layer changes
        where = f"output {place}, " if len(padded) > 1 else ""
        with naming(f"{where}{words}row {row} of {steps} steps padded {kind} to {run.steps}"):
            ctx.close(left, short[row], TOLERANCE, "padded, alone")
        compared += 1
    return compared
