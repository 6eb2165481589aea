"""Center and scale of columns, computed from blocks of rows."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_seqext._common.validation import wrong_type, wrong_value

from .masked_arrays import unmasked
from .series_input import as_table, is_frame

Values = npt.NDArray[Any]

_REMEDY = "Pass arrays of numbers, each of shape (rows, columns)."


def as_numbers(name: str, values: Any, remedy: str) -> Values:
    """Return `values` as a float64 array."""
    array = np.asarray(unmasked(values))
    if array.dtype.kind not in "fiub":
        raise wrong_type(name, values, "an array of numbers", remedy)
    return np.asarray(array, np.float64)


def read_blocks(blocks: Any) -> tuple[tuple[str, ...] | None, Iterator[Values]]:
    """Return the names of the columns and the blocks in float64, each with the same columns.

    The names are those of the first block, if it is a data frame.
    """
    if isinstance(blocks, (str, bytes, Mapping)) or not isinstance(blocks, Iterable):
        remedy = f"{_REMEDY} For a dict, pass `list(series.values())`."
        raise wrong_type("blocks", blocks, "a table, or an iterable of tables", remedy)
    dimensions = len(getattr(blocks, "shape", ()))
    if dimensions == 1 and getattr(getattr(blocks, "dtype", None), "kind", "f") != "O":
        remedy = "For one column, pass `values.reshape(-1, 1)`."
        raise wrong_value("blocks", blocks, "arrays of shape (rows, columns)", remedy)
    parts = iter([blocks] if is_frame(blocks) or dimensions == 2 else blocks)
    first = list(itertools.islice(parts, 1))
    names = as_table(first[0], "blocks")[1] if first and is_frame(first[0]) else None
    return names, _checked(itertools.chain(first, parts), names)


def _checked(blocks: Iterable[Any], names: tuple[str, ...] | None) -> Iterator[Values]:
    width = None
    for part in blocks:
        values = _in_order(part, names) if is_frame(part) else part
        block = as_numbers("blocks", values, _REMEDY)
        if block.ndim != 2:
            raise wrong_value("blocks", block, "arrays of shape (rows, columns)", _REMEDY)
        if width not in (None, block.shape[1]):
            raise ValueError(
                "`blocks` must have the same columns. Received: blocks of "
                f"{width} and {block.shape[1]} columns. {_REMEDY}"
            )
        if np.isinf(block).any():
            raise ValueError(
                f"`blocks` must contain finite numbers or NaN. Received: inf in column "
                f"{int(np.argwhere(np.isinf(block))[0, 1])}. Replace it by NaN, which is ignored."
            )
        width = block.shape[1]
        yield block


def _in_order(frame: Any, names: tuple[str, ...] | None) -> Values:
    """Return the values of `frame` with its columns in the order of `names`."""
    values: Values
    values, found, _ = as_table(frame, "blocks")
    if names is None or found is None or found == names:
        return values
    if sorted(found) != sorted(names):
        raise ValueError(
            f"`blocks` must have the same columns. Received: blocks with the columns "
            f"{list(names)} and {list(found)}. Use the same columns in each, in any order."
        )
    return values[:, [found.index(name) for name in names]]


def moments(blocks: Iterable[Values]) -> tuple[Values, Values, Values]:
    """Return mean, standard deviation and count of each column.

    The blocks are read once. Mean and sum of squares are updated by the formula of Chan, Golub
    and LeVeque (1979), which does not cancel for a large mean as `E[x**2] - E[x]**2` does.
    """
    count = mean = squares = np.zeros(0)
    for block in blocks:
        if not mean.size:
            count = mean = squares = np.zeros(block.shape[1])
        n = np.sum(~np.isnan(block), axis=0)
        part_mean = np.nansum(block, axis=0) / np.maximum(n, 1)
        part_squares = np.nansum((block - part_mean) ** 2, axis=0)
        total = np.maximum(count + n, 1)
        shift = part_mean - mean
        squares = squares + part_squares + shift**2 * count * n / total
        mean = mean + shift * n / total
        count = count + n
    return mean, np.sqrt(squares / np.maximum(count, 1)), count


def robust(blocks: Iterable[Values]) -> tuple[Values, Values, Values]:
    """Return median, interquartile range and count of each column."""
    parts = list(blocks)
    rows = np.concatenate(parts) if parts else np.zeros((0, 0))
    count = np.sum(~np.isnan(rows), axis=0)
    quartiles = np.zeros((3, rows.shape[1]))
    # Column by column: the percentiles sort a copy, which is large for all columns together.
    # Columns without a value are skipped; NumPy would warn.
    for column in np.flatnonzero(count):
        quartiles[:, column] = np.nanpercentile(rows[:, column], [25, 50, 75])
    return quartiles[1], quartiles[2] - quartiles[0], count
