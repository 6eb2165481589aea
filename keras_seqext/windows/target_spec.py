"""The values to forecast: columns of the data, or separate arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_seqext._common.choices import did_you_mean
from keras_seqext._common.validation import wrong_type

from .series_input import SeriesInput, as_table, is_frame, member
from .target_labels import check_not_text, integer_columns, with_integers


@dataclass
class TargetSpec:
    """The values to forecast: columns of the data, or separate arrays.

    Args:
        columns: Positions of the columns of the data, or `None` for separate arrays.
        arrays: One array per series, or `None` for columns of the data.
        flat: Whether `y` has no axis for the target columns.
        names: Names of the targets, if they have some.
        labels: Whether each column of the arrays has integers or booleans, which are not scaled.
    """

    columns: tuple[int, ...] | None
    arrays: list[Any] | None
    flat: bool
    names: tuple[str, ...] | None
    labels: tuple[bool, ...] = ()


def read_targets(targets: Any, data: SeriesInput) -> TargetSpec:
    """Parse the argument `targets` of `TimeseriesWindow`.

    Raises:
        TypeError: If `targets` is not a column, a list of columns or an array of values.
        ValueError: If a column does not exist, or the number of values is not that of the rows.
    """
    width = data.num_columns
    if targets is None:
        return TargetSpec(tuple(range(width)), None, width == 1, data.columns)
    if _is_column(targets):
        targets = [targets]
    if isinstance(targets, (list, tuple)) and targets and all(map(_is_column, targets)):
        if len(targets) == sum(s.values.shape[0] for s in data.series) > max(2, width):
            check_not_text(targets)
        columns = tuple(_column(name, data) for name in targets)
        names = None if data.columns is None else tuple(data.columns[c] for c in columns)
        return TargetSpec(columns, None, len(columns) == 1, names)
    return _target_arrays(targets, data)


def _is_column(value: Any) -> bool:
    integral = isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))
    return integral or isinstance(value, str)


def _column(name: Any, data: SeriesInput) -> int:
    names = data.columns or ()
    if isinstance(name, str):
        if name not in names:
            known = f"the columns are {list(names)}" if names else "the columns have no names"
            raise ValueError(
                f"`targets` names no column of `data`. Received: {name!r}; {known}. Use one of "
                f"the names or numbers of the columns.{did_you_mean(name, names)}"
            )
        return names.index(name)
    position = name + data.num_columns if name < 0 else int(name)
    exists = 0 <= position < data.num_columns
    if str(name) in names and names.index(str(name)) != position:
        # The names of columns can be numbers, such as 1, 2, 3 in a frame.
        if not exists:
            return names.index(str(name))
        raise ValueError(
            f"`targets`={name} is ambiguous: column {names.index(str(name))} has the name "
            f"{str(name)!r}, and column {position} has the name {names[position]!r}. Received: "
            f"{name}; the columns are {list(names)}. Pass a name, targets={str(name)!r} or "
            f"targets={names[position]!r}."
        )
    if not exists:
        raise ValueError(
            f"`targets` is not a column of `data`. Received: {name}, and `data` has "
            f"{data.num_columns} columns: use 0 to {data.num_columns - 1}. (Pass values to "
            "forecast as an array, one value per row.)"
        )
    return int(position)


def _target_arrays(targets: Any, data: SeriesInput) -> TargetSpec:
    expected = "None, a column (name or number), a list of columns, or values as long as `data`"
    parts = [targets]
    if data.keys is not None:
        count = len(data.series)
        parts = [member(targets, key, i, count, "targets") for i, key in enumerate(data.keys)]
    arrays: list[Any] = []
    kinds: list[tuple[bool, ...]] = []
    names, flat = None, True
    for part, series in zip(parts, data.series if data.keys is not None else [None], strict=True):
        if part is None or isinstance(part, (str, bytes, bool)):
            raise wrong_type(
                "targets",
                part,
                expected,
                "Pass the name or number of a column, or one value per row.",
            )
        check_not_text(part)
        table, found, _ = as_table(part, "targets")
        matched = data.series if series is None else [series]
        rows = sum(s.values.shape[0] for s in matched)
        if table.shape[0] != rows:
            raise ValueError(
                f"`targets` must have one value per row of `data`: {rows} rows. Received: shape "
                f"{tuple(np.shape(part))}. Pass the whole series, unshifted: `delay` shifts it."
            )
        if not arrays:
            flat = not is_frame(part) and len(getattr(part, "shape", np.shape(part))) == 1
            names = found
        kinds.append(integer_columns(part, table))
        arrays.append(with_integers(part, table) if all(kinds[-1]) else table)
    labels = tuple(map(all, zip(*kinds, strict=False)))
    if data.keys is None and data.series[0].rows is not None:
        # `groups` divided one table: apply the same reordering of rows to the targets.
        arrays = [arrays[0][series.rows] for series in data.series]
    return TargetSpec(None, arrays, flat, names, labels)
