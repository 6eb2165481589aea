"""Masks of time steps, and inputs that differ only at masked steps."""

from typing import Any

import numpy as np

KINDS = ("right", "left", "holes")


def lengths(batch: int, steps: int, least: int = 1) -> Any:
    """Return a length for each row: the full length, then shorter ones; none is 0."""
    cycle = [max(n, min(least, steps)) for n in (steps, max(steps - 2, 1), min(3, steps), 1)]
    # A single row of the full length would have no masked step.
    first = 1 if batch == 1 else 0
    return np.array([cycle[(row + first) % 4] for row in range(batch)])


def make_mask(kind: str, batch: int, steps: int, least: int = 1, seed: int = 0) -> Any:
    """Return a mask `(batch, steps)`, true at valid steps.

    Args:
        kind: Position of the masked steps: `"right"`, `"left"` or `"holes"`. `"ones"` masks no
            step; `"empty"` is `"right"` with a row without a valid step.
        batch: Number of rows.
        steps: Number of steps.
        least: Smallest number of valid steps per row.
        seed: Seed of the holes.
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
    """Return the index of the row without a valid step in the mask `"empty"`."""
    return 1 if batch > 1 else 0


def is_maskable(value: Any) -> bool:
    """Return whether an array has a time axis: three axes of floats, or two of integers."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        return False
    return value.ndim >= (3 if value.dtype.kind == "f" else 2)


def filled(value: Any, mask: Any, fill: float) -> Any:
    """Return a copy with other values at the masked steps.

    Floats become `fill`. Integers are shifted within the range of the array, unless `fill` is 0:
    an id outside of that range may be invalid for the layer.
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
    """Return a copy with the first steps of each row at the valid steps; floats are 0 elsewhere."""
    if mask is None:
        return value
    moved = np.zeros_like(value) if value.dtype.kind == "f" else value[:, ::-1].copy()
    for row, keep in enumerate(mask):
        moved[row, keep] = value[row, : keep.sum()]
    return moved
