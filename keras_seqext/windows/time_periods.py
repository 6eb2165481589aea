"""Period of time series: the distance of neighbouring time stamps."""

from collections import Counter
from datetime import tzinfo
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from keras_seqext._common.formatting import format_count

from .calendars import check_calendar
from .time_stamps import ATTOSECONDS

Stamps = npt.NDArray[Any]


class Stamped(Protocol):
    """Protocol for a series with time stamps."""

    label: str
    stamps: Any
    zone: tzinfo | None


def check_stamps(stamps: Stamps, label: str, zone: tzinfo | None = None) -> None:
    """Check that time stamps are times or numbers, none is missing, and they increase.

    Raises:
        TypeError: If the stamps are neither times nor numbers.
        ValueError: If a stamp is missing, repeated, or earlier than the previous one.
    """
    if stamps.dtype.kind not in "mMifu":
        raise TypeError(
            f"`timestamps` of {label} must be datetime64 or numbers. Received: dtype "
            f"{stamps.dtype}, first value {stamps[0]!r}. Convert them, e.g. with "
            "`pandas.to_datetime(...)` or `numpy.asarray(..., dtype='datetime64[s]')`."
        )
    missing = np.isnat(stamps) if stamps.dtype.kind in "mM" else ~np.isfinite(stamps)
    if missing.any():
        row = int(np.argmax(missing))
        raise ValueError(
            f"`timestamps` of {label}: row {row} has no time ({stamps[row]}). Drop such rows or "
            "give them a time."
        )
    # Compared instead of subtracted: a difference of unsigned integers is never negative, and one
    # of times far apart overflows.
    not_increasing = stamps[1:] <= stamps[:-1]
    if not_increasing.any():
        row = int(np.argmax(not_increasing)) + 1
        relation = "repeats" if stamps[row] == stamps[row - 1] else "is earlier than"
        raise ValueError(
            f"`timestamps` of {label} must increase from row to row. Row {row} ({stamps[row]}) "
            f"{relation} row {row - 1} ({stamps[row - 1]}). {_order_remedy(stamps, row, zone)}"
        )


def _order_remedy(stamps: Stamps, row: int, zone: tzinfo | None) -> str:
    remedy = "Sort the rows and drop duplicates, or distinguish several series with `groups`."
    if stamps.dtype.kind == "f" and stamps.dtype.itemsize < 8 and stamps[row] == stamps[row - 1]:
        return f"{stamps.dtype} is too coarse for such times: pass float64 or datetime64. {remedy}"
    if stamps.dtype.kind != "M" or zone is not None or stamps[row].astype("M8[D]") == stamps[row]:
        return remedy
    back = stamps[row - 1] - stamps[row]
    # Local times of 0:00 to 3:59 can repeat in the night in which the clocks go back.
    night = stamps[row] - stamps[row].astype("M8[D]") < np.timedelta64(4, "h")
    if back > np.timedelta64(1, "h") or not night:
        return remedy
    return (
        f"{remedy} If these are local times and the clocks go back here, do not drop rows, which "
        "would lose an hour: use UTC, or add the time zone with "
        "`tz_localize(zone, ambiguous='infer')` of pandas."
    )


def distances(stamps: Stamps) -> Stamps:
    """Return the distances of neighbouring time stamps."""
    signed = stamps.astype(np.int64) if stamps.dtype.kind == "u" else stamps
    return np.diff(signed.astype(np.float64) if stamps.dtype.kind == "f" else signed)


def tolerance(stamps: Stamps, period: Any) -> Any:
    """Return by how much distances may differ from `period`, because of rounding.

    Numbers near 1.7e9 are multiples of 2e-7 in float64, and so are their distances.
    """
    if stamps.dtype.kind != "f":
        return np.zeros((), distances(stamps[:1]).dtype)
    return max(1e-6 * float(period), 1.01 * float(np.spacing(np.abs(stamps).max())))


def most_common_distance(stamps: Stamps) -> tuple[Any, int]:
    """Return the most common distance of neighbouring stamps, and the number of its pairs.

    >>> most_common_distance(np.array([0, 10, 20, 50]))
    (np.int64(10), 2)
    """
    steps = distances(stamps)
    if stamps.dtype.kind != "f":
        lengths, counts = np.unique(steps, return_counts=True)
        return lengths[np.argmax(counts)], int(counts.max())
    # Distances that differ by rounding are counted together, in bins twice as wide as the
    # tolerance. The neighbours are included, because a bin may begin in the middle of them.
    width = 2 * tolerance(stamps, np.median(steps))
    bins, inverse, counts = np.unique(
        np.round(steps / width), return_inverse=True, return_counts=True
    )
    near = np.abs(bins[inverse] - bins[np.argmax(counts)]) <= 1
    return steps[near].mean(), int(near.sum())


def _check_precision(stamps: Stamps, period: Any, label: str) -> None:
    """Raise if a missing row could not be distinguished from rounding."""
    if stamps.dtype.kind == "f" and period <= 2 * np.spacing(np.abs(stamps).max()):
        if np.ptp(distances(stamps)) > 1e-6 * period:
            raise ValueError(
                f"`timestamps` of {label} must be precise enough to find gaps. Received: "
                f"{stamps.dtype} up to {stamps.max():g}, in steps of about {period:.3g}, which is "
                "near the rounding of such numbers. Pass float64, integers or datetime64."
            )


def common_period(series: list[Any]) -> Any:
    """Return the period of all series, or `None` without time stamps.

    Args:
        series: Objects with `label`, `stamps` and `zone`; see `Stamped`.

    Raises:
        TypeError: If stamps are neither times nor numbers.
        ValueError: If stamps do not increase, follow a calendar, or two series have different
            periods.
    """
    found: list[tuple[Any, int, Stamped]] = []
    support: Counter[Any] = Counter()
    for part in series:
        if part.stamps is None:
            continue
        check_stamps(part.stamps, part.label, part.zone)
        if len(part.stamps) > 1:
            period, count = most_common_distance(part.stamps)
            check_calendar(part.stamps, part.zone, part.label)
            _check_precision(part.stamps, period, part.label)
            found.append((period, count, part))
            support[_comparable(period)] += count
    if not found:
        return None
    most_common = support.most_common(1)[0][0]
    common, _, first = next(each for each in found if _comparable(each[0]) == most_common)
    for period, count, part in found:
        # Two equal distances, and more than half of all: the period of a series, not a gap.
        own = count > 1 and 2 * count > len(part.stamps) - 1
        if own and not _same(period, common, part.stamps):
            raise ValueError(
                "`timestamps` of all series must have the same period. Received: "
                f"{format_period(common)} for {first.label}, {format_period(period)} for "
                f"{part.label}. Resample them to one period, or make one dataset per period."
            )
    return common


def _comparable(period: Any) -> tuple[str, Any]:
    """Return a period in a form that is equal for equal periods of any unit."""
    if not isinstance(period, np.timedelta64):
        return "number", float(f"{float(period):.5g}")
    unit, count = np.datetime_data(period.dtype)
    number = int(period.astype(np.int64)) * count
    if unit in ("Y", "M"):
        return "months", number * (12 if unit == "Y" else 1)
    return "time", number * ATTOSECONDS[unit]


def _same(period: Any, other: Any, stamps: Stamps) -> bool:
    if stamps.dtype.kind == "f" and not isinstance(other, np.timedelta64):
        return bool(abs(period - other) <= tolerance(stamps, other))
    return _comparable(period) == _comparable(other)


def format_period(period: Any) -> str:
    """Return a period for a message, in its largest whole unit.

    >>> format_period(np.timedelta64(86_400_000, "ms")), format_period(np.int64(3))
    ('1 day', '3')
    """
    kind, number = _comparable(period)
    names = (("D", "day"), ("h", "hour"), ("m", "minute"), ("s", "second"))
    if kind == "months":
        return format_count(number, "month")
    for unit, name in names if kind == "time" else ():
        if number % ATTOSECONDS[unit] == 0:
            return format_count(number // ATTOSECONDS[unit], name)
    return str(period)
