"""Detection of time stamps that follow a calendar: months, quarters, years, business days.

Such rows are not equally far apart in time, although none is missing.
"""

from datetime import tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from .time_stamps import local_times

Stamps = npt.NDArray[Any]

_NAMES = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}


def check_calendar(stamps: Stamps, zone: tzinfo | None, label: str) -> None:
    """Raise if time stamps are irregular, but regular when counted in a unit of the calendar.

    Args:
        stamps: Increasing time stamps.
        zone: Their time zone: a month begins at local midnight.
        label: Name of the series in messages.

    Raises:
        ValueError: If the stamps are months, quarters, years or business days.
    """
    if stamps.dtype.kind != "M" or np.datetime_data(stamps.dtype)[0] in ("Y", "M"):
        return
    steps = np.diff(stamps)
    # The tests of the calendar are slow for many rows, and every unit is a day or longer.
    if len(steps) < 2 or not (steps != steps[0]).any() or steps.min() < np.timedelta64(20, "h"):
        return
    local = local_times(stamps, zone)
    name = _calendar_unit(local)
    if name is None:
        return
    if name == "business day":
        remedy = (
            "Pass business days as numbers, timestamps=numpy.busday_count('1970-01-01', days) with "
            "`days` of dtype datetime64[D]"
        )
    else:
        times = "times" if zone is None else "times.tz_localize(None)"
        remedy = (
            f"Count months, timestamps=numpy.asarray({times}, dtype='datetime64[M]'), or convert a "
            "frame with `to_period('M')`"
        )
    first = ", ".join(str(stamp.astype("datetime64[D]")) for stamp in local[:3])
    raise ValueError(
        f"`timestamps` of {label} must be equally far apart, except at gaps. Received: {first}, "
        f"..., which look like one row per {name}, an irregular period of the calendar; most "
        f"windows would be lost at apparent gaps. {remedy}; or timestamps=False if no row is "
        "missing."
    )


def _calendar_unit(times: Stamps) -> str | None:
    """Return the unit of the calendar in which more distances are equal than in days."""
    days = times.astype("datetime64[D]")
    lengths = np.diff(days).astype(np.int64)
    in_days = _num_irregular(lengths)
    if lengths.min() >= 26:
        months = np.diff(times.astype("datetime64[M]")).astype(np.int64)
        # At least one in five months or years has another length. Gaps are usually rarer.
        often = 5 * in_days >= len(lengths)
        if often and months.min() >= 1 and _num_irregular(months) < in_days:
            values, counts = np.unique(months, return_counts=True)
            number = int(values[np.argmax(counts)])
            return _NAMES.get(number, f"{number} months")
        return None
    weekdays = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    weekends = (lengths == 3) & (weekdays[:-1] == 4)
    # A single weekend without rows may as well be a gap.
    if weekdays.max() < 5 and weekends.sum() > 1 and (lengths == 1).any():
        if _num_irregular(np.busday_count(days[:-1], days[1:])) < in_days:
            return "business day"
    return None


def _num_irregular(distances: Stamps) -> int:
    """Return how many distances differ from the most common one."""
    return int(len(distances) - np.unique(distances, return_counts=True)[1].max())
