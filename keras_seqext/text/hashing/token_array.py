"""Conversion of tokens in lists, arrays or single strings to one flat form."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, ...]
Integers = NDArray[np.integer]


def read_tokens(tokens: object) -> tuple[list[str | bytes] | Integers, Shape]:
    r"""Flatten tokens of any rank; each string is one token.

    Args:
        tokens: A `str`, `bytes` or `int`; nested lists or tuples of them with rows of
            equal length; a NumPy array of strings (`U`, `S`, object, `StringDType`) or
            integers; or any object that NumPy converts to such an array. NumPy's `U`
            and `S` arrays drop NUL characters at the end of a string; lists, object
            and `StringDType` arrays preserve them.

    Returns:
        `(flat, shape)`: a list of strings or an array of integers, in C order.

    Raises:
        TypeError: An element is neither a string nor an integer.
        ValueError: Rows differ in length.

    >>> read_tokens([["the", "cat"], ["a", "dog"]])
    (['the', 'cat', 'a', 'dog'], (2, 2))
    >>> read_tokens(np.array(["b\0"]))
    (['b'], (1,))
    """
    if isinstance(tokens, (str, bytes)):
        return [tokens], ()
    if isinstance(tokens, (list, tuple)):
        # Not through `np.asarray`: a `U` array pads every string to the longest one, and it
        # turns the numbers of a mixed list into strings without an error.
        flat, shape = _flattened(tokens)
    else:
        if np.ma.is_masked(tokens):
            missing = int(np.asarray(getattr(tokens, "mask", True)).sum())
            raise _unsupported_tokens(
                f"a masked array with {missing} missing values; replace them with "
                "`.filled(mask_value)`"
            )
        array = np.asarray(tokens)
        if array.dtype.kind in "iu":
            return array.ravel(), array.shape
        if array.dtype.kind not in "USOT":
            raise _unsupported_tokens(f"an array of dtype {array.dtype}")
        flat, shape = array.ravel().tolist(), array.shape
    if flat and isinstance(flat[0], (int, np.integer)) and not isinstance(flat[0], bool):
        return _integers(flat), shape
    return flat, shape


def _flattened(tokens: Sequence[Any]) -> tuple[list[Any], Shape]:
    flat = tokens if isinstance(tokens, list) else list(tokens)
    shape: Shape = (len(tokens),)
    while flat and isinstance(flat[0], (list, tuple, np.ndarray)):
        rows = [row.tolist() if isinstance(row, np.ndarray) else row for row in flat]
        sizes = {len(row) if isinstance(row, (list, tuple)) else -1 for row in rows}
        if len(sizes) > 1 or -1 in sizes:
            raise ValueError(
                "All rows of `tokens` must have the same length. Received rows of "
                f"{', '.join('no' if n < 0 else str(n) for n in sorted(sizes))} tokens. "
                "Pad the shorter ones, for example with '' and `mask_value=''`."
            )
        flat, shape = list(chain.from_iterable(rows)), (*shape, sizes.pop())
    return flat, shape


def _integers(flat: list[Any]) -> Integers:
    array = np.array(flat)
    if array.dtype.kind in "fO" and all(type(item) is int for item in flat):
        # NumPy converts a list to float if only some of its integers need uint64.
        with suppress(OverflowError):
            array = np.array(flat, np.uint64)
    if array.dtype.kind not in "iu":
        kinds = sorted({type(item).__name__ for item in flat})
        raise _unsupported_tokens(f"elements of the types {', '.join(kinds)} in one list")
    return array


def _unsupported_tokens(received: str) -> TypeError:
    return TypeError(
        "`tokens` must be all strings (`str` or `bytes`) or all integers that fit in int64 or "
        f"uint64. Received: {received}. Convert whole floats to integers with "
        "`.astype('int64')`, and other values to strings with `.astype(str)`."
    )
