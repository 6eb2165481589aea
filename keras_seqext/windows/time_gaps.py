"""Detection of gaps in the time stamps of a series."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


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


def find_gaps(stamps: npt.NDArray[Any], label: str) -> list[Gap]:
    """Return the gaps of one series. Its period is the most common difference of time stamps.

    Args:
        stamps: Times or numbers of shape `(rows,)`, strictly increasing.
        label: Name of the series in messages.

    Raises:
        TypeError: If the stamps are neither times nor numbers.
        ValueError: If a stamp is missing, repeated, or earlier than the previous one.

    >>> find_gaps(np.array([0, 10, 20, 50, 60]), "tide")[0][:2]
    ('tide', 3)
    """
    if stamps.dtype.kind not in "Mifu":
        raise TypeError(
            f"`timestamps` of {label} must be datetime64 or numbers. Received: dtype "
            f"{stamps.dtype}, first value {stamps[0]!r}. Convert them, e.g. with "
            "`pandas.to_datetime(...)`."
        )
    missing = np.isnat(stamps) if stamps.dtype.kind == "M" else ~np.isfinite(stamps)
    if missing.any():
        row = int(np.argmax(missing))
        raise ValueError(
            f"`timestamps` of {label}: row {row} has no time ({stamps[row]}). Drop such rows or "
            "give them a time."
        )
    if stamps.dtype.kind == "u":  # a difference of unsigned integers is never negative
        stamps = stamps.astype(np.int64)
    distances = np.diff(stamps)
    not_increasing = distances <= np.zeros((), distances.dtype)
    if not_increasing.any():
        row = int(np.argmax(not_increasing)) + 1
        relation = "repeats" if stamps[row] == stamps[row - 1] else "is earlier than"
        raise ValueError(
            f"`timestamps` of {label} must increase from row to row. Row {row} ({stamps[row]}) "
            f"{relation} row {row - 1} ({stamps[row - 1]}). Sort the rows and drop duplicates, or "
            "distinguish several series with `groups`."
        )
    if not len(distances):
        return []
    lengths, counts = np.unique(distances, return_counts=True)
    period = lengths[np.argmax(counts)]
    if distances.dtype.kind == "f":  # differences of equal steps vary by rounding
        irregular = np.abs(distances - period) > 1e-6 * period
    else:
        irregular = distances != period
    return [
        Gap(label, int(row) + 1, stamps[row], stamps[row + 1]) for row in np.flatnonzero(irregular)
    ]
