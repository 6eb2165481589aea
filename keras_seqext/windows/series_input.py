"""Conversion of the argument `data` to one or more series of rows.

The input is an array, a data frame, a memory map or another object that can be sliced; a list or
a dict of them; or one table with a column of series names. The series are checked against each
other: columns, time stamps and period.
"""

import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

import numpy as np

from keras_seqext._common.validation import wrong_type

from .frames import as_frame, column_names, column_numbers, frame_numbers, is_lazy
from .masked_arrays import unmasked
from .matching_stamps import match_stamps
from .row_labels import as_rows, read_labels
from .time_periods import common_period


@dataclass
class Series:
    """One series: rows in time order.

    Args:
        label: Name of the series in messages.
        values: Numbers of shape `(rows, columns)`, or an object that can be sliced like them.
        stamps: Time stamps of the rows, if any; in UTC if there is a zone.
        rows: Indices of its rows in the original table, if `groups` divided a table.
        zone: Time zone of the stamps, if any.
    """

    label: str
    values: Any
    stamps: Any = None
    rows: Any = None
    zone: tzinfo | None = None


@dataclass
class SeriesInput:
    """All series of one dataset, with their common column names.

    `period` is the distance of neighbouring time stamps, or `None` without time stamps.
    """

    series: list[Series]
    columns: tuple[str, ...] | None
    in_memory: bool
    keys: list[Any] | None = field(default=None)
    period: Any = None

    @property
    def num_columns(self) -> int:
        """Number of columns of every series."""
        return num_columns(self.series[0].values)


def read_input(data: Any, groups: Any = None, timestamps: Any = None) -> SeriesInput:
    """Convert `data` to one or more series.

    Args:
        data: See `TimeseriesWindow`.
        groups: See `TimeseriesWindow`.
        timestamps: See `TimeseriesWindow`.

    Raises:
        TypeError: If `data` is not a table of numbers.
        ValueError: If series, groups or time stamps do not match each other.
    """
    found = _read(data, groups, timestamps)
    found.period = common_period(found.series)
    return found


def _read(data: Any, groups: Any, timestamps: Any) -> SeriesInput:
    if as_frame(data) is None and (
        isinstance(data, Mapping)
        or (isinstance(data, (list, tuple)) and (not len(data) or not np.isscalar(data[0])))
    ):
        if isinstance(data, (list, tuple)) and data and isinstance(data[0], (list, tuple)):
            raise TypeError(
                "`data` is a list of lists, which is either one table or several series. Received: "
                f"{len(data)} lists. Pass `numpy.asarray(data)` for one table of shape (rows, "
                "columns), or a list of arrays for several series."
            )
        return _several(data, groups, timestamps)
    _check_not_lazy(data, "data")
    labels = read_labels(data, groups, timestamps)
    # The columns of groups and time stamps are not inputs: they are dropped from the table.
    values, columns, in_memory = as_table(data, "data", labels.drop)
    stamps, zone = labels.stamps_of(values.shape[0])
    if labels.groups is None:
        return SeriesInput([Series("data", values, stamps, None, zone)], columns, in_memory)
    found = _grouped(
        values, columns, in_memory, as_rows(labels.groups, values.shape[0], "groups"), stamps
    )
    for series in found.series:
        series.zone = zone
    return found


def _several(data: Any, groups: Any, timestamps: Any) -> SeriesInput:
    if groups is not None:
        raise ValueError(
            "`groups` divides one table into series, but `data` is already a "
            f"{type(data).__name__} of series. Pass one or the other."
        )
    items = list(data.items()) if isinstance(data, Mapping) else list(enumerate(data))
    if not items:
        raise ValueError(f"`data` is an empty {type(data).__name__}. Pass at least one series.")
    parts = []
    for position, (key, value) in enumerate(items):
        if isinstance(value, (Mapping, list, tuple)) and not _is_row_of_numbers(value):
            raise TypeError(
                f"each series of `data` must be one table. Received for series {key!r}: a "
                f"{type(value).__name__} of {len(value)}. Put all series into one list or dict."
            )
        stamps = timestamps
        if timestamps is not None and timestamps is not False and not isinstance(timestamps, str):
            stamps = member(timestamps, key, position, len(items), "timestamps")
        part = _read(value, None, stamps)
        part.series[0].label = f"series {key!r}"
        parts.append(part)
    first = parts[0]
    for (key, _), part in zip(items, parts, strict=True):
        if part.columns != first.columns or part.num_columns != first.num_columns:
            raise ValueError(
                f"all series of `data` must have the same columns. Series {items[0][0]!r} has "
                f"{first.columns or first.num_columns}, series {key!r} has "
                f"{part.columns or part.num_columns}. Use the same columns in the same order."
            )
    series = [part.series[0] for part in parts]
    match_stamps(series)
    in_memory = all(part.in_memory for part in parts)
    return SeriesInput(series, first.columns, in_memory, [key for key, _ in items])


def _is_row_of_numbers(values: Any) -> bool:
    return not isinstance(values, Mapping) and all(np.isscalar(value) for value in values)


def _grouped(
    values: Any, columns: tuple[str, ...] | None, in_memory: bool, groups: Any, stamps: Any
) -> SeriesInput:
    # NaN is the only value that differs from itself.
    unknown = [row for row, name in enumerate(groups.tolist()) if name is None or name != name]
    if unknown:
        raise ValueError(
            f"`groups` must have a value for each row, the series of the row. {len(unknown)} rows "
            f"have none, the first is row {unknown[0]} ({groups[unknown[0]]}). Drop them or "
            "assign a group."
        )
    kinds = {type(name).__name__ for name in groups.tolist()}
    if groups.dtype.kind == "O" and len(kinds) > 1:
        raise TypeError(
            f"`groups` must have values of one type. Received: a mix of "
            f"{', '.join(sorted(kinds))}. Convert them to strings with `.astype(str)`."
        )
    names, first, codes = np.unique(groups, return_index=True, return_inverse=True)
    series = []
    for code in np.argsort(first):  # in the order of first appearance, not sorted by name
        rows = np.flatnonzero(codes == code)
        # A slice is a view without a copy, and works for a file as well.
        contiguous = rows[-1] - rows[0] + 1 == len(rows)
        if not contiguous and not in_memory:
            raise ValueError(
                f"the rows of group {names[code]!r} are not contiguous, and `data` is read from a "
                "file. Sort it by group, or load it into memory."
            )
        where = slice(int(rows[0]), int(rows[-1]) + 1) if contiguous else rows
        part = values[where]
        part_stamps = None if stamps is None else stamps[where]
        series.append(Series(f"group {names[code]!s}", part, part_stamps, where))
    return SeriesInput(series, columns, in_memory)


def member(values: Any, key: Any, position: int, count: int, name: str) -> Any:
    """Return the entry of one series in a list or dict of values per series."""
    if isinstance(values, Mapping):
        if key not in values:
            raise ValueError(
                f"`{name}` has no entry for series {key!r}. Received keys: "
                f"{list(values)[:8]}. Use the keys of `data`."
            )
        return values[key]
    if not isinstance(values, Sequence) or len(values) != count:
        length = len(values) if hasattr(values, "__len__") else "no length"
        raise ValueError(
            f"`{name}` must have one entry per series, and `data` has {count} series. Received: "
            f"{type(values).__name__} of length {length}. Pass a list or dict like `data`."
        )
    return values[position]


def as_table(
    table: Any, name: str, drop: list[Any] | None = None
) -> tuple[Any, tuple[str, ...] | None, bool]:
    """Convert a table to an array, or leave it as an object that can be sliced.

    Args:
        table: An array, a frame, or an object that can be sliced.
        name: Name of the argument, for messages.
        drop: Columns of a frame to leave out.

    Returns:
        Values of shape `(rows, columns)`, the column names and whether the values are in memory.
    """
    _check_not_lazy(table, name)
    columns = None
    if as_frame(table) is not None:
        table, columns = frame_numbers(table, name, drop or [])
    elif hasattr(table, "to_numpy"):  # a column of pandas, polars or pyarrow, an array of xarray
        columns = column_names(table)
        table = column_numbers(table)
    elif isinstance(table, (list, tuple)):
        table = np.asarray(table)
    table = unmasked(table)
    # Anything else with a shape and slicing is accepted: HDF5, zarr, memory maps.
    if not hasattr(table, "shape") or not hasattr(table, "__getitem__"):
        raise wrong_type(
            name,
            table,
            "an array, a data frame, a memory map, or a list or dict of them",
            "Convert it with `numpy.asarray`.",
        )
    shape = tuple(table.shape)
    if len(shape) not in (1, 2) or not shape[0] or (len(shape) == 2 and not shape[1]):
        raise ValueError(
            f"`{name}` must have shape (rows,) or (rows, columns), and must not be empty. "
            f"Received: shape {shape}. A table is one series: pass several as a list or dict, or "
            "use `groups`."
        )
    kind = getattr(getattr(table, "dtype", None), "kind", "f")
    if kind not in "fiub":
        raise TypeError(
            f"`{name}` must contain real numbers. Received: dtype {table.dtype}. Convert it, e.g. "
            "with `.astype('float32')`."
        )
    in_memory = isinstance(table, np.ndarray) and not is_mapped(table)
    return (table[:, None] if in_memory and len(shape) == 1 else table), columns, in_memory


def _check_not_lazy(table: Any, name: str) -> None:
    if is_lazy(table):
        raise TypeError(
            f"`{name}` must be a table whose rows can be read. Received: a lazy frame of type "
            f"{type(table).__name__}. Call its method `.collect()` (polars) or `.compute()` (dask)."
        )


def is_frame(value: Any) -> bool:
    """Return whether `value` is a data frame of any library."""
    return as_frame(value) is not None


def is_mapped(array: Any) -> bool:
    """Return whether `array` is a memory-mapped file or a view of one."""
    while array is not None:
        if isinstance(array, (np.memmap, mmap.mmap)):
            return True
        array = getattr(array, "base", None)
    return False


def num_columns(values: Any) -> int:
    """Return the number of columns of a table of shape `(rows,)` or `(rows, columns)`."""
    return 1 if len(values.shape) == 1 else int(values.shape[1])
