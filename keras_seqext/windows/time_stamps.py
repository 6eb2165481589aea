"""Conversion of time stamps of any library to NumPy arrays, without overflow.

Times with a time zone become `datetime64` in UTC, together with the zone. The unit is that of the
input: a conversion of the year 3000 to nanoseconds would silently wrap round.
"""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from .frames import column_numbers

_MONTH_PERIODS = ("M", "Q", "Y", "A")

# Sizes of the units of NumPy as exact integers, which cannot overflow in Python.
ATTOSECONDS: dict[str, int] = {
    unit: seconds * 10**18
    for unit, seconds in zip("WDhms", (604_800, 86_400, 3600, 60, 1), strict=True)
} | {
    unit: 10 ** (15 - 3 * power) for power, unit in enumerate(("ms", "us", "ns", "ps", "fs", "as"))
}


class TimeStamps(NamedTuple):
    """Time stamps of rows.

    Args:
        values: `datetime64` (in UTC if there is a zone), `timedelta64`, or numbers.
        zone: Time zone of the stamps, or `None`.
    """

    values: npt.NDArray[Any]
    zone: tzinfo | None


def read_stamps(values: Any) -> TimeStamps:
    """Convert an array, index, column or list of times or numbers.

    >>> read_stamps([date(1500, 1, 1), None]).values
    array(['1500-01-01T00:00:00.000000',                        'NaT'],
          dtype='datetime64[us]')
    """
    dtype: Any = getattr(values, "dtype", getattr(values, "type", None))
    if str(dtype).startswith("period["):
        return TimeStamps(_period_starts(values, str(dtype)[7:-1]), None)
    zone = _zone(dtype)
    if zone is not None and hasattr(values, "to_numpy") and getattr(dtype, "kind", "") == "M":
        # `to_numpy` of pandas returns objects unless it is given the dtype, with the own unit.
        unit = getattr(dtype, "unit", None) or dtype.pyarrow_dtype.unit
        return TimeStamps(values.to_numpy(dtype=f"datetime64[{unit}]"), zone)
    if getattr(dtype, "kind", "") in ("i", "u", "f") and hasattr(values, "to_numpy"):
        return TimeStamps(column_numbers(values), None)
    array = _as_array(values)
    return _from_objects(array) if array.dtype == object else TimeStamps(array, zone)


def _as_array(values: Any) -> npt.NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        if not np.ma.is_masked(values):
            return np.asarray(values.data)
        if values.dtype.kind in "mM":
            return np.where(values.mask, np.array("NaT", values.dtype), values.data)
        return np.where(values.mask, np.nan, values.data)
    # NumPy converts a list of times of several units to the finest, which may wrap round.
    times = isinstance(values, (list, tuple)) and any(isinstance(v, np.datetime64) for v in values)
    return np.asarray(values, object) if times else np.asarray(values)


def _zone(dtype: Any) -> tzinfo | None:
    """Return the time zone of a dtype of pandas, polars or pyarrow."""
    arrow = getattr(dtype, "pyarrow_dtype", dtype)
    zone = getattr(arrow, "tz", None) or getattr(arrow, "time_zone", None)
    if zone is None or isinstance(zone, tzinfo):
        return zone
    try:
        if zone[0] in "+-":
            return timezone(datetime.strptime(zone, "%z").utcoffset() or timedelta())
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"`timestamps` have a time zone that is not in the database of this system. Received: "
            f"{zone!r}. Install the package `tzdata`, or convert the time stamps to UTC."
        ) from None


def _period_starts(periods: Any, freq: str) -> npt.NDArray[Any]:
    """Return the starts of pandas periods, in a unit in which they are equally long."""
    name = freq.split("-")[0].lstrip("0123456789")
    unit = "M" if name in _MONTH_PERIODS else "D" if name in ("W", "B", "D") else name
    if isinstance(periods, list):
        numbers = np.array([period.asfreq(unit, "start").ordinal for period in periods])
    else:
        convert = getattr(periods, "dt", periods).asfreq
        starts = periods if name == unit else convert(unit, "start")
        numbers = np.asarray(getattr(starts, "array", starts).astype("int64"))
    return numbers.view(f"datetime64[{'m' if unit == 'min' else unit}]")


def _from_objects(values: npt.NDArray[Any]) -> TimeStamps:
    """Convert `datetime`, `date`, and objects of pandas; other objects are returned."""
    found = values.reshape(-1).tolist()
    frequencies = {getattr(value, "freqstr", None) for value in found}
    if len(frequencies) == 1 and None not in frequencies:
        return TimeStamps(_period_starts(found, str(frequencies.pop())), None)
    if found and all(isinstance(value, timedelta) for value in found):
        unit = "ns" if any(getattr(value, "nanoseconds", 0) for value in found) else "us"
        return TimeStamps(np.array(found, f"timedelta64[{unit}]"), None)
    moments: list[Any] = []
    zones: list[Any] = []
    for value in found:
        missing = value is None or type(value).__name__ in ("NaTType", "NAType")
        if missing:
            moments.append(np.datetime64("NaT", "s"))
        elif isinstance(value, np.datetime64):
            moments.append(value)
        elif not isinstance(value, date):
            return TimeStamps(values, None)
        else:
            zones.append(getattr(value, "tzinfo", None))
            moments.append(_moment(value))
    if any(zone is None for zone in zones) and any(zones):
        raise ValueError(
            "`timestamps` must either all have a time zone or none. Received: a mix of both. "
            "Convert them, e.g. with `pandas.to_datetime(..., utc=True)`."
        )
    # A zone of pytz has one object per offset, all with the same attribute `zone`.
    names = {getattr(zone, "zone", zone) for zone in zones}
    if len(names) > 1:
        raise ValueError(
            "`timestamps` must have one time zone. Received: "
            f"{', '.join(sorted(map(str, names)))}. Convert them, e.g. with "
            "`pandas.to_datetime(..., utc=True).tz_convert(zone)`."
        )
    zone = zones[0] if zones else None
    joined = in_one_unit([np.array([moment]) for moment in moments])
    return TimeStamps(np.concatenate(joined).reshape(values.shape), zone)


def _moment(value: Any) -> np.datetime64:
    """Return a `datetime` or `date` in UTC; a time stamp of pandas in its own unit."""
    if hasattr(value, "to_datetime64"):
        return np.datetime64(value.to_datetime64())
    if getattr(value, "tzinfo", None) is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(value, "us")


def in_one_unit(parts: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    """Convert time stamps to the finest of their units; other arrays are returned unchanged.

    Raises:
        ValueError: If a time is outside the range of that unit.

    >>> in_one_unit([np.array(["3000"], "M8[s]"), np.array(["2000"], "M8[ns]")])
    Traceback (most recent call last):
    ValueError: `timestamps` have different units, and 3000-01-01T00:00:00 is outside the range of \
datetime64[ns], 1677 to 2262. Convert all to one unit, e.g. with `.astype('datetime64[us]')`.
    """
    dtypes = {part.dtype for part in parts}
    if len(dtypes) == 1 or not all(dtype.kind == "M" for dtype in dtypes):
        return parts
    finest = np.result_type(*dtypes)
    for part in parts:
        wrapped = (part.astype(finest).astype(part.dtype) != part) & ~np.isnat(part)
        if wrapped.any():
            limits = ", 1677 to 2262" if finest == np.dtype("M8[ns]") else ""
            raise ValueError(
                f"`timestamps` have different units, and {part[wrapped][0]} is outside the range "
                f"of {finest}{limits}. Convert all to one unit, e.g. with "
                "`.astype('datetime64[us]')`."
            )
    return [part.astype(finest) for part in parts]


def utc_offset(stamp: np.datetime64, zone: tzinfo) -> int:
    """Return the offset of local time from UTC in seconds, at a time in UTC."""
    moment = stamp.astype("datetime64[s]").item()
    if not isinstance(moment, datetime):  # outside the years 1 to 9999
        return 0
    offset = moment.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def local_times(stamps: npt.NDArray[Any], zone: tzinfo | None) -> npt.NDArray[Any]:
    """Return times in UTC as local times of a zone."""
    if zone is None:
        return stamps
    offsets = [utc_offset(stamp, zone) for stamp in stamps]
    return np.asarray(stamps + np.array(offsets, "timedelta64[s]"))
