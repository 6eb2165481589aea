"""Order, duplicates, gaps and missing values of one series at a time."""

import numpy as np
import pandas as pd

from datasets._files.validation import check_choice, check_count

from .cleaning_report import CleaningReport
from .series_data import TIME

FILLS = ("interpolate", "forward")
NO_TIME = np.timedelta64(0, "s")  # of a unit: NumPy 2.5 warns of one without


def check_fill(fill: str | None, limit: int) -> None:
    """Refuses a fill that does not exist before any file is read."""
    if fill is not None:
        check_choice("fill", fill, FILLS, "None fills nothing.")
    check_count("limit", limit, 1, "It is the longest gap that is filled; fill=None fills nothing.")


def in_order(frame: pd.DataFrame, report: CleaningReport) -> pd.DataFrame:
    """Rows in time order, each stamp once; the first of several rows is kept."""
    stamps = frame[TIME].to_numpy()
    backwards = int((np.diff(stamps) < NO_TIME).sum())
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
    """Drops, and reports, the columns of which more than a part `max_missing` is missing."""
    parts = frame.isna().mean()
    dropped = [name for name in parts.index[parts > max_missing] if name != target]
    if dropped:
        missing = ", ".join(f"{name} ({parts[name]:.0%} missing)" for name in dropped)
        report.notes.append(f"dropped {missing}")
    return frame.drop(columns=dropped)


def find_gaps(stamps: np.ndarray, period: np.timedelta64, report: CleaningReport) -> np.ndarray:
    """Rows missing after each row, 0 where the next one follows on time."""
    steps = np.diff(stamps)
    late = steps > period
    report.gaps.extend(steps[late])
    report.off_grid += int(((stamps - stamps[0]) % period != NO_TIME).sum())
    absent = np.zeros(len(stamps), np.int64)
    absent[:-1][late] = (steps[late] // period) - (steps[late] % period == NO_TIME)
    return absent


def short_runs(
    missing: np.ndarray, limit: int, segment: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Runs of at most `limit` missing values with a value of the same segment on both sides.

    Returns:
        The rows of these runs, and for each of them the last row known before the run and the
        first one known after it.

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
    """Reports gaps; with `fill`, closes those of at most `limit` rows and no longer ones.

    Longer gaps stay gaps in the stamps, longer runs of missing values stay missing.
    """
    stamps = frame[TIME].to_numpy()
    absent = find_gaps(stamps, period, report)
    if fill is None:
        return frame
    frame = frame.copy(deep=False)  # its columns are replaced below, the caller's are not
    # A gap that is no multiple of the period cannot be put on the grid of both its sides.
    on_grid = np.append(np.diff(stamps) % period == NO_TIME, True)
    added = np.where((absent <= limit) & on_grid, absent, 0)
    if added.any():
        source = np.repeat(np.arange(len(frame)), added + 1)
        offset = np.arange(len(source)) - np.repeat(np.cumsum(added + 1) - added - 1, added + 1)
        frame = frame.iloc[source].reset_index(drop=True)
        frame[TIME] = stamps[source] + offset * period
        frame.loc[offset > 0, _numbers(frame)] = np.nan
        frame.loc[offset > 0, _flags(frame)] = False
        report.rows_filled += int(added.sum())
    stamps = frame[TIME].to_numpy()
    segment = np.concatenate([[0], np.cumsum(np.diff(stamps) > period)])
    for name in _numbers(frame):
        values = frame[name].to_numpy()
        rows, before, after = short_runs(np.isnan(values), limit, segment)
        if not len(rows):
            continue
        way = np.zeros(len(rows))
        if fill == "interpolate":
            way = (stamps[rows] - stamps[before]) / (stamps[after] - stamps[before])
        values = values.copy()
        values[rows] = values[before] + way * (values[after] - values[before])
        frame[name] = values
        report.values_filled += len(rows)
    return frame


def _flags(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype.kind == "b"]


def _numbers(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype.kind == "f"]
