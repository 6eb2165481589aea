"""Padding of sequences of different lengths to one array and its mask."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_integer, format_value
from keras_seqext.text.tokens.validation import checked_items

Side = Literal["left", "right"]
SIDES = get_args(Side)


class PaddedSequences(NamedTuple):
    """Int32 ids `(batch, steps)` and their bool mask `(batch, steps)`, True for tokens."""

    ids: np.ndarray
    mask: np.ndarray


def pad_ids(
    sequences: Iterable[Sequence[int]],
    length: int | None = None,
    *,
    padding: Side,
    truncation: Side,
) -> PaddedSequences:
    """Pad and truncate id sequences to one length.

    Both sides are required arguments, because they determine the input of a model:
    `"left"` truncation drops the **beginning** of a text and preserves its last `length`
    tokens.

    Args:
        sequences: Lists of ids without padding (id 0).
        length: Number of steps; by default, the length of the longest sequence.
        padding: Side that is filled with 0. `"left"` corresponds to `"pre"` in Keras,
            `"right"` to `"post"`.
        truncation: Side that is truncated, with the same values.

    Returns:
        `PaddedSequences(ids, mask)`, both `(batch, length)`.

    >>> ids, mask = pad_ids([[5, 6, 7], [8]], 2, padding="right", truncation="left")
    >>> ids
    array([[6, 7],
           [8, 0]], dtype=int32)
    >>> mask
    array([[ True,  True],
           [ True, False]])
    """
    _check_side("padding", padding)
    _check_side("truncation", truncation)
    given = checked_items("sequences", sequences, "sequences of ids")
    rows = [_checked_row(row, i) for i, row in enumerate(given)]
    longest = max((len(row) for row in rows), default=0)
    steps = longest if length is None else checked_integer("length", length, 1)
    rows = [
        row[max(len(row) - steps, 0) :] if truncation == "left" else row[:steps] for row in rows
    ]
    lengths = np.array([len(row) for row in rows], dtype=np.int64)[:, None]
    places = np.arange(steps)[None, :]
    mask = places >= steps - lengths if padding == "left" else places < lengths
    ids = np.zeros(mask.shape, dtype=np.int32)
    if rows:
        # A boolean index is filled in C order: row by row, and by step within a row. The
        # concatenated rows have the same order for both sides of padding.
        ids[mask] = np.concatenate(rows)
    return PaddedSequences(ids, mask)


def _check_side(name: str, side: object) -> None:
    translated = {"pre": "left", "post": "right"}.get(str(side))
    hint = f"{side!r} of Keras corresponds to {name}={translated!r}." if translated else ""
    checked_choice(name, side, SIDES, hint)


def _checked_row(row: Sequence[int], index: int) -> np.ndarray:
    try:
        array = np.asarray(row)
    except ValueError:  # a nested list with rows of different lengths
        array = np.asarray(None)
    if array.size == 0 and array.ndim == 1:
        return array.astype(np.int32)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(
            f"Each of `sequences` must be a list of integer ids. Received sequence {index}: "
            f"{format_value(row)}, of dtype {array.dtype}; encode texts first, "
            "one list of ids per text."
        )
    if array.min() < 1 or array.max() > np.iinfo(np.int32).max:
        raise ValueError(
            f"Ids in `sequences` must be positive and fit in int32; 0 is the padding. Received "
            f"sequence {index} with ids from {array.min()} to {array.max()}; pad sequences only "
            "once."
        )
    return array.astype(np.int32)
