"""Groups and time stamps of the rows of a table: columns, index levels or separate arrays."""

import re
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_seqext._common.choices import did_you_mean
from keras_seqext._common.validation import format_value

from .frames import Levels, as_frame, index_levels
from .frames import labels as labels_of
from .time_stamps import read_stamps

# Digits without separators are more often numbers of stations than dates.
_DATE = re.compile(r"\d{4}[-/.]\d\d?\b|\d\d?[-/.]\d\d?[-/.]\d{2,4}\b")


@dataclass(frozen=True)
class RowLabels:
    """Groups and time stamps of a table.

    Args:
        groups: One value per row, or `None`.
        timestamps: One time or number per row, or `None`.
        drop: Columns of the table that contain them.
    """

    groups: Any
    timestamps: Any
    drop: list[Any]

    def stamps_of(self, rows: int) -> tuple[npt.NDArray[Any] | None, tzinfo | None]:
        """Return the time stamps as an array of the given length, and their time zone."""
        if self.timestamps is None:
            return None, None
        stamps, zone = read_stamps(self.timestamps)
        return as_rows(stamps, rows, "timestamps"), zone


def read_labels(data: Any, groups: Any, timestamps: Any) -> RowLabels:
    """Find the groups and time stamps of one table; see `TimeseriesWindow`.

    Raises:
        TypeError: If a name is passed for data without names, or an index contains times as text.
        ValueError: If a name does not exist, or an index has several levels without `groups`.
    """
    _check_rows_first(data)
    levels, drop = index_levels(data), []
    named = {}
    for argument, value in (("groups", groups), ("timestamps", timestamps)):
        if isinstance(value, str):
            named[argument] = _find(data, value, argument)
            frame = as_frame(data)
            if frame is not None and value in frame.names:
                drop.append(value)
    found_groups = named.get("groups", groups)
    if timestamps is False:
        return RowLabels(found_groups, None, drop)
    if timestamps is not None:
        return RowLabels(found_groups, named.get("timestamps", timestamps), drop)
    if len(levels) > 1 and groups is None:
        raise _several_levels(levels)
    group_level = groups if isinstance(groups, str) and not drop else None
    rest = [values for name, values in levels if group_level is None or name != group_level]
    return RowLabels(found_groups, _times(rest), drop)


def as_rows(values: Any, rows: int, name: str) -> npt.NDArray[Any]:
    """Return `values` as an array, and check that it has one value per row."""
    if name == "groups" and hasattr(values, "to_numpy") and hasattr(values, "isna"):
        # A missing value of pandas differs between dtypes, and cannot be compared.
        array = np.asarray(values)
        if array.dtype == object:
            array = np.where(np.asarray(values.isna()), np.nan, array)
    else:
        array = np.asarray(values)
    if array.ndim != 1 or len(array) != rows:
        raise ValueError(
            f"`{name}` must have one value per row: {rows} values. Received: shape "
            f"{array.shape}. Pass a one-dimensional array as long as `data`."
        )
    return array


def _find(data: Any, name: str, argument: str) -> Any:
    """Return the column, index level or coordinate of a name."""
    frame, labels = as_frame(data), labels_of(data)
    if frame is not None and name in frame.names:
        return frame.column(name)
    if name in labels:
        return labels[name]
    if frame is None and not labels:
        raise TypeError(
            f"`{argument}` can only be the name of a column or index level when `data` has such "
            f"names. Received: {argument}={name!r} with data of type {type(data).__name__}. Pass "
            "an array with one value per row instead."
        )
    names = [] if frame is None else frame.names
    known = [f"{[str(n) for n in names][:20]}"] if names else []
    known += [f"the index levels {[str(n) for n in labels][:20]}"] if labels else []
    raise ValueError(
        f"`{argument}` names no column or index level. Received: {argument}={name!r}."
        f"{did_you_mean(name, [*names, *labels])} Use one of {' or '.join(known)}."
    )


def _check_rows_first(data: Any) -> None:
    """Raise if the second dimension of an array of xarray is the time, instead of the first."""
    if not hasattr(data, "indexes") or len(getattr(data, "dims", ())) != 2 or as_frame(data):
        return
    first, second = (data.indexes.get(dimension) for dimension in tuple(data.dims))
    if second is not None and is_time_like(second) and (first is None or not is_time_like(first)):
        raise ValueError(
            f"`data` must have the rows in its first dimension. Received: dimensions {data.dims}, "
            f"with the times in the second. Pass `data.transpose({data.dims[1]!r}, ...)`."
        )


def _several_levels(levels: Levels) -> ValueError:
    names = [name for name, _ in levels]
    times = [name for name, values in levels if is_time_like(values)]
    others = [name for name in names if name not in times]
    if all(isinstance(name, str) for name in names):
        remedy = f"Pass groups={(others or names)[0]!r}"
        remedy += f" and timestamps={times[0]!r}" if times else ""
    else:
        remedy = "Pass groups=data.index.get_level_values(0)"
    return ValueError(
        "`groups` must be given for `data` whose index has several levels, because such a table "
        f"usually contains several series. Received: groups=None, index levels {names}. {remedy}; "
        "or timestamps=False if all rows are one series."
    )


def _times(levels: list[Any]) -> Any:
    """Return the one index level that contains times, or `None`."""
    times = [values for values in levels if is_time_like(values)]
    if len(times) > 1:
        raise ValueError(
            f"`timestamps` must name one index level if {len(times)} of them contain times. "
            "Received: timestamps=None. Pass the name of the level."
        )
    for values in [] if times else levels:
        first = values[0] if len(values) else None
        if isinstance(first, str) and _DATE.match(first):
            raise TypeError(
                "`timestamps` must be times, and the index of `data` contains times as text. "
                f"Received: {format_value(first)} in the first row. Convert them with "
                "`data.index = pandas.to_datetime(data.index)`, or pass timestamps=False to "
                "ignore the index."
            )
    return times[0] if times else None


def is_time_like(values: Any) -> bool:
    """Return whether an index level contains times, periods, or dates of Python."""
    dtype = getattr(values, "dtype", None)
    if getattr(dtype, "kind", "O") in "mM" or str(dtype).startswith("period["):
        return True
    first = values[0] if len(values) else None
    return hasattr(first, "isoformat")
