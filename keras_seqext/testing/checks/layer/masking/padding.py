"""Checks of padded rows, compared with the same rows on their own."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, naming
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.masking.masked_outputs import Masked, masked

TOLERANCE = 5e-5


@layer_check("core", after=("call_finite", "mask_implicit"), cost="medium")
def pad_right(ctx: Context) -> None:
    """A row padded at its end, with a mask, has the output of the row on its own.

    Why it matters: otherwise a prediction depends on the longest row of its batch.
    Usual causes: a mean divides by the padded length; the last step is taken at index -1; masked
    steps update the state.
    Reference: keras-team/keras #4192, #3086, #1300.
    """
    _compare_with_short_rows(ctx, "right")


@layer_check("core", after=("call_finite", "mask_implicit"), cost="medium")
def pad_left(ctx: Context) -> None:
    """A row padded at its start, with a mask, has the output of the row on its own.

    Why it matters: `pad_sequences` pads at the start by default.
    Usual causes: positions, or the number of steps, are counted from the padded start; the mask is
    converted to lengths.
    Reference: keras-team/keras #4192, #3086, #1300.
    """
    if ctx.traits.position_aware:
        raise NotApplicable(
            "position_aware is declared: the output depends on the position of a step"
        )
    _compare_with_short_rows(ctx, "left")


def _compare_with_short_rows(ctx: Context, kind: str) -> None:
    if ctx.traits.fixed_length:
        raise NotApplicable("fixed_length is declared: the layer works for a single length")
    if not ctx.traits.per_example:
        raise NotApplicable("per_example=False is declared, so other rows affect the output")
    compared = 0
    for words, run in _modes(ctx):
        padded, counts = run.padded(kind), run.mask("right").sum(1)
        for row in np.flatnonzero(counts < run.steps):
            alone = run.truncated_to(int(row))
            compared += _compare_row(ctx, run, kind, int(row), padded, alone, words)
    if not compared:
        raise NotApplicable("no output has the steps of the row or a value per row")


def _modes(ctx: Context) -> list[tuple[str, Masked]]:
    """Return the layer as it is and, if it has `return_sequences`, with the other value."""
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
            continue  # an axis of attended steps, or a layer that changes the length
        where = f"output {place}, " if len(padded) > 1 else ""
        with naming(f"{where}{words}row {row} of {steps} steps padded {kind} to {run.steps}"):
            ctx.close(left, short[row], TOLERANCE, "padded row, row on its own")
        compared += 1
    return compared
