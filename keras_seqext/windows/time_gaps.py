"""Detection of gaps in the time stamps of a series."""

from datetime import tzinfo
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .time_periods import check_stamps, distances, most_common_distance, tolerance
from .time_stamps import utc_offset


class Gap(NamedTuple):
    """Two neighbouring rows that are not one period apart.

    Args:
        series: Name of the series.
        row: Index of the first row after the gap, within the series.
        before: Time stamp of the last row before the gap.
        after: Time stamp of the first row after the gap.
    """

    series: str
    row: int
    before: Any
    after: Any


def find_gaps(
    stamps: npt.NDArray[Any] | None, label: str, period: Any = None, zone: tzinfo | None = None
) -> list[Gap]:
    """Return the gaps of one series.

    In a time zone, periods of two hours or more may follow the clock: daily rows at local midnight
    have no gap when the clocks change.

    Args:
        stamps: Times (in UTC if there is a zone) or numbers of shape `(rows,)`, increasing;
            `None` for rows without time stamps, which have no gaps.
        label: Name of the series in messages.
        period: Distance of neighbouring rows. Defaults to the most common distance.
        zone: Time zone of the rows, if any.

    Raises:
        TypeError: If the stamps are neither times nor numbers.
        ValueError: If a stamp is missing, repeated, or earlier than the previous one.

    >>> find_gaps(np.array([0, 10, 20, 50, 60]), "tide")[0][:2]
    ('tide', 3)
    """
    if stamps is None:
        return []
    check_stamps(stamps, label, zone)
    if len(stamps) < 2:
        return []
    if period is None:
        period = most_common_distance(stamps)[0]
    steps = distances(stamps)
    if stamps.dtype.kind == "f":
        irregular = np.abs(steps - period) > tolerance(stamps, period)
    else:
        irregular = steps != period
    rows = np.flatnonzero(irregular).tolist()
    if zone is not None:
        rows = [row for row in rows if not _follows_clock(stamps[row : row + 2], period, zone)]
    return [Gap(label, row + 1, stamps[row], stamps[row + 1]) for row in rows]


def _follows_clock(pair: npt.NDArray[Any], period: Any, zone: tzinfo) -> bool:
    """Return whether two times are one period apart on a clock that was changed between them."""
    earlier = pair[0] - np.timedelta64(1, "s")
    offsets = [utc_offset(stamp, zone) for stamp in (earlier, *pair)]
    # In some zones midnight is skipped, so that a day begins at 1:00 and has 23 hours.
    skipped, change = (np.timedelta64(each, "s") for each in np.diff(offsets).tolist())
    distance = pair[1] - pair[0]
    # In hourly rows, a missing row looks like a change of the clock by one hour.
    return any(
        abs(shift) < period and distance + shift == period for shift in (change, change + skipped)
    )
