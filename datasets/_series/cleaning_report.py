"""Report of the data issues that a loader found and how it resolved them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from keras_seqext._common.formatting import format_count


def duration(span: np.timedelta64) -> str:
    """Format a time span.

    >>> duration(np.timedelta64(100, "m")), duration(np.timedelta64(5, "h"))
    ('100 min', '5 h')
    """
    seconds = int(span / np.timedelta64(1, "s"))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size:,} {unit}"
    return f"{seconds:,} s"


@dataclass
class CleaningReport:
    """Counts of the data issues that a loader cleaned, dropped or left missing.

    Args:
        name: Name of the data.
        rows: Number of rows in the files, before any was dropped.
        duplicates: Rows dropped because an earlier row has the same time stamp.
        conflicts: Duplicates whose values differed from the retained row.
        unsorted: Rows with an earlier time than the row before.
        off_grid: Rows whose time is not on the regular grid. They are retained unchanged.
        incomplete: Lines dropped because of missing fields.
        sentinels: Values such as -9999 that were set to missing.
        infinite: Values such as `inf` or 1e400 that were set to missing.
        implausible: Values outside the measurable range that were set to missing.
        missing: Values missing in the files, in the retained columns, without `sentinels`,
            `infinite` and `implausible`.
        gaps: Time between the two rows at each gap, in time order.
        rows_filled: Rows inserted into short gaps.
        values_filled: Values filled in, including those of inserted rows.
        values_left: Values still missing in the frame.
        notes: Conversions, dropped columns and other remarks.

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
    infinite: int = 0
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
            (self.incomplete, f"{format_count(self.incomplete, 'incomplete line')} dropped"),
            (self.unsorted, f"{format_count(self.unsorted, 'row')} out of order sorted"),
            (self.duplicates, f"{format_count(self.duplicates, 'duplicate')} dropped"),
            (self.conflicts, f"{self.conflicts:,} of them with other values"),
            (self.sentinels, f"{format_count(self.sentinels, 'sentinel')} set to missing"),
            (self.infinite, f"{format_count(self.infinite, 'infinite value')} set to missing"),
            (
                self.implausible,
                f"{format_count(self.implausible, 'implausible value')} set to missing",
            ),
            (self.missing, f"{format_count(self.missing, 'value')} missing"),
            (self.off_grid, f"{format_count(self.off_grid, 'row')} off the regular grid"),
            (len(self.gaps), _format_gaps(self.gaps)),
            (self.rows_filled, f"{format_count(self.rows_filled, 'row')} put into short gaps"),
            (self.values_filled, f"{format_count(self.values_filled, 'value')} filled in"),
            (self.values_left, f"{format_count(self.values_left, 'value')} left missing"),
        ]
        found = ", ".join(text for count, text in parts if count) or "nothing to repair"
        return "; ".join([f"{self.name}: {format_count(self.rows, 'row')}", found, *self.notes])

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain JSON types, with gaps in seconds."""
        second = np.timedelta64(1, "s")
        return {**asdict(self), "gaps": [float(gap / second) for gap in self.gaps]}


def _format_gaps(gaps: Sequence[np.timedelta64]) -> str:
    if not gaps:
        return ""
    shortest, longest = duration(min(gaps)), duration(max(gaps))
    span = shortest if shortest == longest else f"{shortest} to {longest}"
    return f"{format_count(len(gaps), 'gap')} of {span}"
