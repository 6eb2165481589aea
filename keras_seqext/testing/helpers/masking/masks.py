"""Which steps of an input are masked, and inputs that differ at those steps alone."""

from typing import Any

import numpy as np

KINDS = ("right", "left", "holes")


def lengths(batch: int, steps: int, least: int = 1) -> Any:
    """A length for each row: the full one, then shorter ones; none empty."""
    wanted = [max(n, min(least, steps)) for n in (steps, max(steps - 2, 1), min(3, steps), 1)]
    # A batch of one would be its full length, and so hold no masked step.
    first = 1 if batch == 1 else 0
    return np.array([wanted[(row + first) % 4] for row in range(batch)])


def make_mask(kind: str, batch: int, steps: int, least: int = 1, seed: int = 0) -> Any:
    """A mask `(batch, steps)`, true where a step counts.

    Args:
        kind: `"right"`, `"left"` or `"holes"`, where masked steps are; `"ones"` for none of
            them; `"empty"` is `"right"` with a row in which nothing counts.
        batch: Rows.
        steps: Of each row.
        least: Fewest steps of a row that count.
        seed: Of the holes.
    """
    right: Any = np.arange(steps) < lengths(batch, steps, least)[:, None]
    if kind == "right":
        return right
    if kind == "left":
        return right[:, ::-1].copy()
    if kind == "ones":
        return np.ones_like(right)
    if kind == "empty":
        right[empty_row(batch)] = False
        return right
    holes = np.random.default_rng(seed).random((batch, steps)) < 0.6
    holes[:, : max(least, 1)] = True
    if steps > least + 1:
        holes[0, -1], holes[0, -2] = True, False  # a hole inside of a row
        holes[-1, -1] = False
    return holes


def empty_row(batch: int) -> int:
    """The row in which nothing counts, in the mask `"empty"`."""
    return 1 if batch > 1 else 0


def is_maskable(value: Any) -> bool:
    """Whether an array has steps: three axes of floats, or two of integers."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        return False
    return value.ndim >= (3 if value.dtype.kind == "f" else 2)


def filled(value: Any, mask: Any, fill: float) -> Any:
    """A copy with something else at the masked steps.

    Floats become `fill`. Integers move on within the values that the array holds, unless
    `fill` is 0: an id that was never meant to come would be an error of its own.
    """
    if mask is None:
        return value
    keep = mask.reshape(mask.shape + (1,) * (value.ndim - 2))
    if value.dtype.kind == "f":
        return np.where(keep, value, np.asarray(fill, value.dtype))
    if value.dtype.kind == "b":
        return np.where(keep, value, (~value) if fill else value)
    moved = (value + (1 if fill else 0)) % (value.max() + 1)
    return np.where(keep, value, moved.astype(value.dtype))


def aligned(value: Any, mask: Any) -> Any:
    """The first steps of each row, moved to where the mask counts; floats are 0 elsewhere."""
    if mask is None:
        return value
    moved = np.zeros_like(value) if value.dtype.kind == "f" else value[:, ::-1].copy()
    for row, keep in enumerate(mask):
        moved[row, keep] = value[row, : keep.sum()]
    return moved
