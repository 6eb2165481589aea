"""Sorting, deduplication, gaps and missing values of a single series."""

import numpy as np
import pandas as pd

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_integer

from .cleaning_report import CleaningReport
from .series_data import TIME

FILLS = ("interpolate", "forward")
ZERO = np.timedelta64(0, "s")  # NumPy 2.5 warns of a time difference without a unit


def check_fill(fill: str | None, limit: int) -> None:
    """Raise an error for an invalid `fill` or `limit`, before any file is read."""
    if fill is not None:
        checked_choice("fill", fill, FILLS, "Pass None to fill nothing.")
    checked_integer(
        "limit", limit, 1, remedy="It is the longest gap that is filled; fill=None fills nothing."
    )


def sort_and_deduplicate(frame: pd.DataFrame, report: CleaningReport) -> pd.DataFrame:
    """Return the rows sorted by time. Of rows with the same time, the first is retained."""
    stamps = frame[TIME].to_numpy()
    backwards = int((np.diff(stamps) < ZERO).sum())
    if backwards:
        report.unsorted += backwards
        frame = frame.sort_values(TIME, kind="stable", ignore_index=True)
    stamps = frame[TIME].to_numpy()
    repeated = np.concatenate([[False], stamps[1:] == stamps[:-1]])
    if repeated.any():
        report.duplicates += int(repeated.sum())
        shared = frame[repeated | np.append(repeated[1:], False)]
        report.conflicts += int((shared[TIME].duplicated() & ~shared.duplicated()).sum())
        frame = frame[~repeated].reset_index(drop=True)
    return frame


def drop_empty(
    frame: pd.DataFrame, max_missing: float, target: str, report: CleaningReport
) -> pd.DataFrame:
    """Drop and report the columns with a fraction of missing values above `max_missing`."""
    fractions = frame.isna().mean()
    dropped = [name for name in fractions.index[fractions > max_missing] if name != target]
    if dropped:
        missing = ", ".join(f"{name} ({fractions[name]:.0%} missing)" for name in dropped)
        report.notes.append(f"dropped {missing}")
    return frame.drop(columns=dropped)


def find_gaps(stamps: np.ndarray, period: np.timedelta64, report: CleaningReport) -> np.ndarray:
    """Return the number of rows missing after each row, and report the gaps."""
    steps = np.diff(stamps)
    late = steps > period
    report.gaps.extend(steps[late])
    report.off_grid += int(((stamps - stamps[0]) % period != ZERO).sum())
    missing = np.zeros(len(stamps), np.int64)
    # A gap of a whole number of periods lacks one row less than it has periods.
    missing[:-1][late] = (steps[late] // period) - (steps[late] % period == ZERO)
    return missing


def short_runs(
    missing: np.ndarray, limit: int, segment: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find runs of at most `limit` missing values between two values of the same segment.

    Returns:
        The rows of these runs and, for each of them, the last row with a value before the run and
        the first row with a value after it.

    >>> missing = np.array([1, 0, 1, 1, 0, 1, 1, 1, 0, 1], bool)
    >>> short_runs(missing, 2, np.zeros(10, int))
    (array([2, 3]), array([1, 1]), array([4, 4]))
    """
    rows = np.flatnonzero(missing)
    if not len(rows):
        return rows, rows, rows
    first = np.concatenate([[True], np.diff(rows) > 1])
    before, after = rows[first] - 1, rows[np.append(first[1:], True)] + 1
    length = after - before - 1
    inner = (before >= 0) & (after < len(missing)) & (length <= limit)
    inner[inner] = segment[before[inner]] == segment[after[inner]]
    wanted = np.repeat(inner, length)
    return rows[wanted], np.repeat(before, length)[wanted], np.repeat(after, length)[wanted]


def fill_short(
    frame: pd.DataFrame,
    period: np.timedelta64,
    fill: str | None,
    limit: int,
    report: CleaningReport,
) -> pd.DataFrame:
    """Report all gaps and, with `fill`, fill those of at most `limit` rows.

    Longer gaps and longer runs of missing values are left as they are.
    """
    stamps = frame[TIME].to_numpy()
    missing_rows = find_gaps(stamps, period, report)
    if fill is None:
        return frame
    frame = frame.copy(deep=False)  # columns are replaced below, never changed in place
    # A gap that is not a multiple of the period has no grid that fits both of its sides.
    on_grid = np.append(np.diff(stamps) % period == ZERO, True)
    added = np.where((missing_rows <= limit) & on_grid, missing_rows, 0)
    if added.any():
        # Every row is repeated for the rows missing after it; `offset` counts the copies from 0.
        source = np.repeat(np.arange(len(frame)), added + 1)
        offset = np.arange(len(source)) - np.repeat(np.cumsum(added + 1) - added - 1, added + 1)
        frame = frame.iloc[source].reset_index(drop=True)
        frame[TIME] = stamps[source] + offset * period
        frame.loc[offset > 0, _number_columns(frame)] = np.nan
        frame.loc[offset > 0, _flag_columns(frame)] = False
        report.rows_filled += int(added.sum())
    stamps = frame[TIME].to_numpy()
    # Values are not filled across the gaps that remain.
    segment = np.concatenate([[0], np.cumsum(np.diff(stamps) > period)])
    for name in _number_columns(frame):
        values = frame[name].to_numpy()
        rows, before, after = short_runs(np.isnan(values), limit, segment)
        if not len(rows):
            continue
        weight = np.zeros(len(rows))
        if fill == "interpolate":
            weight = (stamps[rows] - stamps[before]) / (stamps[after] - stamps[before])
        values = values.copy()
        values[rows] = values[before] + weight * (values[after] - values[before])
        frame[name] = values
        report.values_filled += len(rows)
    return frame


def _flag_columns(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype.kind == "b"]


def _number_columns(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype.kind == "f"]
