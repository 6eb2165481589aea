"""Columns, index levels and numbers of data frames and labelled arrays of any library.

pandas, polars, pyarrow and xarray are recognised by what their objects can do, so that none of
them is imported.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]
Levels = list[tuple[Any, Any]]


@dataclass(frozen=True)
class Frame:
    """A data frame of any library.

    Args:
        names: Names of the columns.
        column: Returns the values of a column, given its name.
    """

    names: list[Any]
    column: Callable[[Any], Any]


def as_frame(value: Any) -> Frame | None:
    """Return `value` as a data frame, or `None` if it is anything else."""
    if is_lazy(value):
        return None
    if hasattr(value, "dtypes") and hasattr(value, "columns") and hasattr(value, "to_numpy"):
        return Frame(list(value.columns), value.__getitem__)  # pandas, polars
    if hasattr(value, "column_names") and hasattr(value, "column"):  # pyarrow
        return Frame(list(value.column_names), value.column)
    if hasattr(value, "data_vars") and hasattr(value, "dims"):  # a dataset of xarray
        return Frame(list(value.data_vars), value.__getitem__)
    if isinstance(value, np.ndarray) and value.dtype.names:  # a structured array
        return Frame(list(value.dtype.names), value.__getitem__)
    return None


def is_lazy(value: Any) -> bool:
    """Return whether `value` is a query for a data frame (of polars, dask) without its rows."""
    dask = hasattr(value, "compute") and hasattr(value, "map_partitions")
    return dask or (hasattr(value, "collect") and hasattr(value, "lazy"))


def frame_numbers(frame: Any, argument: str, drop: list[Any]) -> tuple[Values, tuple[str, ...]]:
    """Return the columns of a frame as float64 of shape `(rows, columns)`, and their names.

    Args:
        frame: A data frame.
        argument: Name of the argument, for messages.
        drop: Columns to leave out.

    Raises:
        TypeError: If a column does not contain numbers.
        ValueError: If two columns have the same name.
    """
    reader = as_frame(frame)
    assert reader is not None
    names = [name for name in reader.names if name not in drop]
    texts = tuple(str(name) for name in names)
    twice = [name for name in texts if texts.count(name) > 1]
    if twice:
        raise ValueError(
            f"`{argument}` has {texts.count(twice[0])} columns named {twice[0]!r}, "
            "which makes the name ambiguous. Rename or drop one."
        )
    if hasattr(frame, "index") and hasattr(frame, "drop"):  # pandas converts all at once
        for name, dtype in frame.dtypes.items():
            if name not in drop:
                _check_kind(name, dtype, getattr(dtype, "kind", "O"), argument)
        rest = frame.drop(columns=drop) if drop else frame
        return rest.to_numpy(dtype="float64", na_value=np.nan), texts
    columns = []
    rows = _rows_dimension(frame) if hasattr(frame, "data_vars") else None
    for name in names:
        column = reader.column(name)
        if rows is not None and tuple(column.dims) != (rows,):
            raise ValueError(
                f"variables of `{argument}` must all have one dimension, the rows. Received: "
                f"{name!r} with dimensions {tuple(column.dims)}, and rows along {rows!r}. Drop it, "
                "or pass its values as an array, such as `dataset[name].transpose(...)`."
            )
        values = column_numbers(column)
        dtype = getattr(column, "dtype", getattr(column, "type", values.dtype))
        _check_kind(name, dtype, values.dtype.kind, argument)
        columns.append(values.astype(np.float64))
    return np.stack(columns, axis=1) if columns else np.empty((0, 0)), texts


def _check_kind(name: Any, dtype: Any, kind: str, argument: str) -> None:
    if kind not in "fiub":
        raise TypeError(
            f"column {name!r} of `{argument}` has dtype {dtype}, but windows contain "
            "numbers. Convert or drop it, or name it in `groups` or `timestamps`."
        )


def column_numbers(column: Any) -> Values:
    """Return a column as an array, with NaN for missing numbers.

    Values that are not numbers are returned as objects.
    """
    kind = getattr(getattr(column, "dtype", None), "kind", "")
    if kind and kind in "fiub" and hasattr(column, "to_numpy"):
        values = np.asarray(column.to_numpy())
        # Columns of pandas that allow missing values: NumPy receives them as objects.
        return column.to_numpy("float64", na_value=np.nan) if values.dtype == object else values
    values = np.asarray(column)
    # Only libraries with their own dtypes (polars, pyarrow) get here with numbers as objects.
    if values.dtype == object and kind != "O" and not isinstance(column, np.ndarray):
        present = [v for v in values.reshape(-1) if v is not None]
        if present and all(isinstance(v, (Real, Decimal)) for v in present):
            return values.astype(np.float64)
    return values


def frame_columns(value: Any) -> list[Any] | None:
    """Return the columns of a data frame, or `None` if `value` is not a data frame."""
    frame = as_frame(value)
    return None if frame is None else [frame.column(name) for name in frame.names]


def has_integers(column: Any) -> bool:
    """Return whether the values of a column are integers or booleans; some may be missing."""
    dtype: Any = getattr(column, "dtype", getattr(column, "type", None))
    if hasattr(dtype, "is_integer"):  # polars
        return bool(dtype.is_integer()) or str(dtype) == "Boolean"
    kind = getattr(dtype, "kind", "")
    # Types of pyarrow have no kind; their names are those of NumPy.
    return kind in ("i", "u", "b") if kind else re.match("u?int|bool", str(dtype)) is not None


def index_levels(value: Any) -> Levels:
    """Return name and values of each index level: one for a plain index, none without an index.

    The index of an array of xarray is the coordinate of its first dimension.
    """
    if hasattr(value, "dims") and hasattr(value, "indexes"):
        index = value.indexes.get(_rows_dimension(value))
    else:
        index = getattr(value, "index", None)
    if index is None or not hasattr(index, "get_level_values"):
        return []
    names = list(index.names)
    if len(names) == 1:
        return [(names[0], index)]
    return [(name, index.get_level_values(level)) for level, name in enumerate(names)]


def labels(value: Any) -> dict[Any, Any]:
    """Return the values with one entry per row that `groups` and `timestamps` may name.

    These are index levels and, for xarray, other coordinates of the rows.
    """
    found = {name: values for name, values in index_levels(value) if name is not None}
    if hasattr(value, "coords") and hasattr(value, "dims"):
        rows = (_rows_dimension(value),)
        for name, coordinate in value.coords.items():
            if tuple(coordinate.dims) == rows:
                found.setdefault(name, coordinate)
    return found


def column_names(value: Any) -> tuple[str, ...] | None:
    """Return the labels of the second dimension of an array of xarray, if it has labels."""
    if not hasattr(value, "indexes") or len(getattr(value, "dims", ())) != 2:
        return None
    index = value.indexes.get(tuple(value.dims)[1])
    return None if index is None else tuple(str(label) for label in index)


def _rows_dimension(value: Any) -> Any:
    """Return the dimension of the rows of an array or dataset of xarray."""
    variables = getattr(value, "data_vars", None)
    first = variables[next(iter(variables))] if variables else value
    dims = tuple(first.dims)
    return dims[0] if dims else None
