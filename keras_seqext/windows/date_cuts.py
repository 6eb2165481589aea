"""Division of a series at dates, which are local times if its time stamps have a time zone."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import numpy as np

from keras_seqext._common.validation import wrong_type, wrong_value

from .time_stamps import ATTOSECONDS

_OFFSET = re.compile(r"\d[T ]\d\d.*(Z|[+-]\d\d(:?\d\d)?)$")
_REMEDY = "Pass strings such as '2013-07-01', or datetime64."


def checked_pair(name: str, values: Any) -> tuple[Any, Any]:
    """Return the start of the validation set and of the test set."""
    pair = isinstance(values, (list, tuple, np.ndarray)) or hasattr(values, "to_numpy")
    if not pair or len(values) != 2:
        raise wrong_value(
            name,
            values,
            "a pair: the start of the validation set and the start of the test set",
            f"Pass {name}=(start of the validation set, start of the test set).",
        )
    first, second = values
    return first, second


def rows_at_dates(series: Any, dates: Any) -> tuple[int, int]:
    """Return the first rows of one series at or after two dates.

    Raises:
        TypeError: If the dates have another type than the time stamps.
        ValueError: If the series has no time stamps, or the dates do not increase.
    """
    first, second = checked_pair("dates", dates)
    if series.stamps is None:
        raise ValueError(
            f"`dates` requires time stamps, but {series.label} has none. Pass `timestamps`, or cut "
            "by `fractions` or `indices`."
        )
    stamps = np.asarray(series.stamps)
    if stamps.dtype.kind == "M":
        # Python's integers cannot overflow: a date may be outside the range of the unit.
        first, second = (_exact(date, series.zone, dates) for date in (first, second))
    elif stamps.dtype.kind == "m":
        first, second = (_duration(date, dates) for date in (first, second))
    elif not all(isinstance(date, (int, float, np.number)) for date in (first, second)):
        raise wrong_type(
            "dates", dates, "two numbers, like the time stamps", "Pass numbers, not dates."
        )
    if not first < second:
        raise wrong_value(
            "dates", dates, "two increasing dates", "Pass the start of the validation set first."
        )
    if stamps.dtype.kind not in "mM":
        return int(np.searchsorted(stamps, first)), int(np.searchsorted(stamps, second))
    if stamps.dtype.kind == "M" and np.datetime_data(stamps.dtype)[0] in ("Y", "M"):
        stamps = stamps.astype("datetime64[D]")
    unit, count = np.datetime_data(stamps.dtype)
    length = ATTOSECONDS[unit] * count
    numbers, limits = stamps.astype(np.int64), np.iinfo(np.int64)
    cuts = (min(max(-(-date // length), limits.min), limits.max) for date in (first, second))
    low, high = (int(np.searchsorted(numbers, cut)) for cut in cuts)
    return low, high


def _exact(date: Any, zone: tzinfo | None, dates: Any) -> int:
    """Return a date as attoseconds since 1970 in UTC."""
    try:
        if hasattr(date, "to_timestamp"):  # a period of pandas
            date = date.to_timestamp()
        elif hasattr(date, "as_py"):  # a scalar of pyarrow
            date = date.as_py()
        elif hasattr(date, "dims"):  # a scalar of xarray
            date = np.asarray(date)[()]
        if isinstance(date, str) and _OFFSET.search(date):
            date = datetime.fromisoformat(date)
        offset = date.utcoffset() if getattr(date, "tzinfo", None) is not None else None
        if hasattr(date, "to_datetime64"):  # pandas, in UTC and with nanoseconds
            number = _attoseconds(date.to_datetime64())
        elif offset is not None:
            number = _attoseconds(np.datetime64(date.replace(tzinfo=None) - offset))
        else:
            number = _attoseconds(np.datetime64(date))
        if offset is None:
            return number - _local_offset(number, zone)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise wrong_value("dates", dates, "two dates", _REMEDY) from None
    if zone is None:
        raise wrong_value(
            "dates",
            dates,
            "without a time zone, like the time stamps",
            "Leave out the time zone, or add one to the time stamps, e.g. with `tz_localize`.",
        )
    return number


def _attoseconds(date: Any) -> int:
    if np.isnat(date):
        raise ValueError("not a time")
    if date.dtype.kind == "M" and np.datetime_data(date.dtype)[0] in ("Y", "M"):
        date = date.astype("datetime64[D]")
    unit, count = np.datetime_data(date.dtype)
    return int(date.astype(np.int64)) * ATTOSECONDS[unit] * int(count)


def _local_offset(number: int, zone: tzinfo | None) -> int:
    """Return the offset from UTC of a local time, both in attoseconds."""
    if zone is None:
        return 0
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=number // ATTOSECONDS["s"])
    except OverflowError:  # outside the years 1 to 9999
        return 0
    # `astimezone` fails if the time in UTC is outside these years.
    if not 1 < moment.year < 9999:
        return 0
    # Zones of pytz give wrong offsets unless they are added by their own method.
    localize = getattr(zone, "localize", None)
    local = localize(moment) if localize else moment.replace(tzinfo=zone)
    seconds = (moment - local.astimezone(UTC).replace(tzinfo=None)).total_seconds()
    return int(seconds) * ATTOSECONDS["s"]


def _duration(value: Any, dates: Any) -> int:
    """Return a duration in attoseconds."""
    try:
        duration: Any = np.timedelta64(getattr(value, "to_timedelta64", lambda: value)())
        return _attoseconds(duration)
    except (ValueError, TypeError, KeyError):
        raise wrong_type(
            "dates", dates, "two durations, like the time stamps", "Pass timedelta64."
        ) from None
