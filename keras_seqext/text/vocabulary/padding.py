"""Sequences of different lengths as one array and its mask."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_integer, format_value
from keras_seqext.text.tokens.validation import checked_items

Side = Literal["left", "right"]
SIDES = get_args(Side)


class PaddedSequences(NamedTuple):
    """Ids `(batch, steps)`, int32, and their mask `(batch, steps)`, bool, true at real tokens."""

    ids: np.ndarray
    mask: np.ndarray


def pad_ids(
    sequences: Iterable[Sequence[int]],
    length: int | None = None,
    *,
    padding: Side,
    truncation: Side,
) -> PaddedSequences:
    """Cuts and fills id sequences to one length.

    Both sides must be named, because they decide what a model sees: `"left"`
    truncation drops the **beginning** of a text and keeps its last `length` tokens.

    Args:
        sequences: Lists of ids, without padding (id 0) in them.
        length: Steps of the result; the longest sequence by default.
        padding: The side that is filled with 0; `"left"` is Keras' `"pre"`,
            `"right"` its `"post"`.
        truncation: The side that is cut off, likewise.

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
    kept = [
        row[max(len(row) - steps, 0) :] if truncation == "left" else row[:steps] for row in rows
    ]
    lengths = np.array([len(row) for row in kept], dtype=np.int64)[:, None]
    places = np.arange(steps)[None, :]
    mask = places >= steps - lengths if padding == "left" else places < lengths
    ids = np.zeros(mask.shape, dtype=np.int32)
    if kept:
        # Row by row, true places take the tokens in their order, on either side.
        ids[mask] = np.concatenate(kept)
    return PaddedSequences(ids, mask)


def _check_side(name: str, side: object) -> None:
    translated = {"pre": "left", "post": "right"}.get(str(side))
    hint = f"What Keras calls {side!r} is {name}={translated!r} here." if translated else ""
    checked_choice(name, side, SIDES, hint)


def _checked_row(row: Sequence[int], place: int) -> np.ndarray:
    try:
        array = np.asarray(row)
    except ValueError:  # rows of different lengths in it
        array = np.asarray(None)
    if array.size == 0 and array.ndim == 1:
        return array.astype(np.int32)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(
            f"Each of `sequences` must be a list of integer ids. Received sequence {place}: "
            f"{format_value(row)}, of dtype {array.dtype}; encode texts first, "
            "one list of ids a text."
        )
    if array.min() < 1 or array.max() > np.iinfo(np.int32).max:
        raise ValueError(
            f"Ids in `sequences` must be positive and fit into int32; 0 is the padding. Received "
            "sequence "
            f"{place} with ids from {array.min()} to {array.max()}; pad sequences only once."
        )
    return array.astype(np.int32)
