"""What a loader found in the raw data and what it did about it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np


def duration(span: np.timedelta64) -> str:
    """A time span in words.

    >>> duration(np.timedelta64(100, "m")), duration(np.timedelta64(5, "h"))
    ('100 min', '5 h')
    """
    seconds = int(span / np.timedelta64(1, "s"))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size:,} {unit}"
    return f"{seconds:,} s"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@dataclass
class CleaningReport:
    """Counts everything that a loader repaired, dropped or left missing.

    Args:
        name: which data.
        rows: rows in the files, before anything was dropped.
        duplicates: rows dropped because their time stamp was there already.
        conflicts: those of the duplicates whose values differed from the row kept.
        unsorted: rows that were earlier than the row before them.
        off_grid: rows whose stamp does not lie on the regular grid (kept as they are).
        incomplete: lines with too few fields, dropped.
        sentinels: values such as -9999 set to missing.
        implausible: values outside what can be measured, set to missing.
        missing: values missing in the files, of the columns kept, without the two above.
        gaps: the time between the two rows at each gap, in time order.
        rows_filled: rows put into short gaps.
        values_filled: values filled in, those of the new rows included.
        values_left: values still missing in the frame.
        notes: conversions, dropped columns and the like, in words.

    >>> report = CleaningReport("station", rows=52_696, duplicates=1, sentinels=3)
    >>> report.gaps.append(np.timedelta64(100, "m"))
    >>> print(report)
    station: 52,696 rows; 1 duplicate dropped, 3 sentinels set to missing, 1 gap of 100 min
    >>> print(CleaningReport("clean", rows=2))
    clean: 2 rows; nothing to repair
    """

    name: str
    rows: int = 0
    duplicates: int = 0
    conflicts: int = 0
    unsorted: int = 0
    off_grid: int = 0
    incomplete: int = 0
    sentinels: int = 0
    implausible: int = 0
    missing: int = 0
    gaps: list[np.timedelta64] = field(default_factory=list)
    rows_filled: int = 0
    values_filled: int = 0
    values_left: int = 0
    notes: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<CleaningReport {self}>"

    def __str__(self) -> str:
        parts = [
            (self.incomplete, f"{_count(self.incomplete, 'incomplete line')} dropped"),
            (self.unsorted, f"{_count(self.unsorted, 'row')} out of order sorted"),
            (self.duplicates, f"{_count(self.duplicates, 'duplicate')} dropped"),
            (self.conflicts, f"{self.conflicts:,} of them with other values"),
            (self.sentinels, f"{_count(self.sentinels, 'sentinel')} set to missing"),
            (self.implausible, f"{_count(self.implausible, 'implausible value')} set to missing"),
            (self.missing, f"{_count(self.missing, 'value')} missing"),
            (self.off_grid, f"{_count(self.off_grid, 'row')} off the regular grid"),
            (len(self.gaps), _gaps(self.gaps)),
            (self.rows_filled, f"{_count(self.rows_filled, 'row')} put into short gaps"),
            (self.values_filled, f"{_count(self.values_filled, 'value')} filled in"),
            (self.values_left, f"{_count(self.values_left, 'value')} left missing"),
        ]
        found = ", ".join(text for count, text in parts if count) or "nothing to repair"
        return "; ".join([f"{self.name}: {_count(self.rows, 'row')}", found, *self.notes])

    def to_dict(self) -> dict[str, object]:
        """The same as plain JSON types; gaps in seconds."""
        second = np.timedelta64(1, "s")
        return {**asdict(self), "gaps": [float(gap / second) for gap in self.gaps]}


def _gaps(gaps: Sequence[np.timedelta64]) -> str:
    if not gaps:
        return ""
    shortest, longest = duration(min(gaps)), duration(max(gaps))
    span = shortest if shortest == longest else f"{shortest} to {longest}"
    return f"{_count(len(gaps), 'gap')} of {span}"
