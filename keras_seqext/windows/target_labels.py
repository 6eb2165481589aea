"""Class labels as targets: integers and booleans, which are not scaled, and text."""

from typing import Any

import numpy as np

from keras_seqext._common.validation import wrong_type

from .frames import frame_columns, has_integers
from .series_input import num_columns

_TEXT = "Convert them with `classes, labels = numpy.unique(values, return_inverse=True)`."


def check_not_text(part: Any) -> None:
    """Raise if targets are text, such as the names of classes."""
    for column in frame_columns(part) or [part]:
        kind = getattr(getattr(column, "dtype", None), "kind", "O")
        if kind in "OUST" and _has_text(column):
            expected = "numbers. Class labels are integers from 0"
            raise wrong_type("targets", part, expected, _TEXT)


def _has_text(column: Any) -> bool:
    values = column.to_numpy() if hasattr(column, "to_numpy") else column
    if isinstance(values, np.ndarray):
        values = values.reshape(-1)
    elif not isinstance(values, (list, tuple)):
        return False  # rows in a file are not read
    return any(isinstance(each, (str, bytes)) for each in values[:1_000])


def integer_columns(part: Any, table: Any) -> tuple[bool, ...]:
    """Return which columns of the targets `part` have integers or booleans.

    Args:
        part: Targets as they were passed.
        table: The same as an array, in which missing integers have become NaN.
    """
    columns = frame_columns(part)
    if columns is not None:
        return tuple(map(has_integers, columns))
    typed = hasattr(part, "dtype") or hasattr(part, "type")
    return (has_integers(part if typed else table),) * num_columns(table)


def with_integers(part: Any, table: Any) -> Any:
    """Return a table of integer columns as integers, unless a value is missing."""
    if getattr(table.dtype, "kind", "f") != "f" or np.isnan(table).any():
        return table
    # The columns themselves, if possible: float64 cannot represent every integer.
    columns = [np.asarray(each) for each in frame_columns(part) or [table]]
    exact = np.stack(columns, axis=-1).reshape(table.shape)
    return exact if exact.dtype.kind in "iub" else table.astype(np.int64)
