"""Order, duplicates, gaps and missing values of one series at a time."""

import numpy as np
import pandas as pd

from ._report import DirtReport
from ._series import TIME

FILLS = ("interpolate", "forward")


def check_fill(fill: str | None, limit: int) -> None:
    """Refuses a fill that does not exist before any file is read."""
    if fill is not None and fill not in FILLS:
        raise ValueError(
            f"`fill` must be one of {', '.join(FILLS)} or None. Received: fill={fill!r}."
        )
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError(
            "`limit` must be a positive number of rows: the longest gap that is filled. "
            f"Received: limit={limit!r}. To fill nothing pass fill=None."
        )


def in_order(frame: pd.DataFrame, report: DirtReport) -> pd.DataFrame:
    """Rows in time order, each stamp once; the first of several rows is kept."""
    stamps = frame[TIME].to_numpy()
    backwards = int((np.diff(stamps) < np.timedelta64(0)).sum())
    if backwards:
        report.unsorted += backwards
        frame = frame.sort_values(TIME, kind="stable", ignore_index=True)
    repeated = frame[TIME].duplicated().to_numpy()
    if repeated.any():
        report.duplicates += int(repeated.sum())
        shared = frame[frame[TIME].duplicated(keep=False)]
        report.conflicts += int((shared[TIME].duplicated() & ~shared.duplicated()).sum())
        frame = frame[~repeated].reset_index(drop=True)
    return frame


def drop_empty(
    frame: pd.DataFrame, max_missing: float, target: str, report: DirtReport
) -> pd.DataFrame:
    """Drops, and reports, the columns of which more than a part `max_missing` is missing."""
    parts = frame.isna().mean()
    dropped = [name for name in parts.index[parts > max_missing] if name != target]
    if dropped:
        missing = ", ".join(f"{name} ({parts[name]:.0%} missing)" for name in dropped)
        report.notes.append(f"dropped {missing}")
    return frame.drop(columns=dropped)


def find_gaps(stamps: np.ndarray, period: np.timedelta64, report: DirtReport) -> np.ndarray:
    """Rows missing after each row, 0 where the next one follows on time."""
    steps = np.diff(stamps)
    late = steps > period
    report.gaps.extend(steps[late])
    report.off_grid += int(((stamps - stamps[0]) % period != np.timedelta64(0)).sum())
    absent = np.zeros(len(stamps), np.int64)
    absent[:-1][late] = (steps[late] // period) - (steps[late] % period == np.timedelta64(0))
    return absent


def short_runs(missing: np.ndarray, limit: int, breaks: np.ndarray) -> np.ndarray:
    """True in runs of at most `limit` missing values with a value on both sides.

    A run never reaches over a break (`breaks[i]`: row `i` does not follow row `i - 1`).

    >>> missing = np.array([1, 0, 1, 1, 0, 1, 1, 1, 0, 1], bool)
    >>> short_runs(missing, 2, np.zeros(10, bool)).astype(int)
    array([0, 0, 1, 1, 0, 0, 0, 0, 0, 0])
    """
    edges = np.diff(np.concatenate([[0], missing.astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    breaks_before = np.cumsum(breaks)
    inner = (starts > 0) & (stops < len(missing))
    starts, stops = starts[inner], stops[inner]
    short = (stops - starts <= limit) & (breaks_before[starts - 1] == breaks_before[stops])
    marks = np.zeros(len(missing) + 1, np.int64)
    marks[starts[short]] += 1
    marks[stops[short]] -= 1
    return np.cumsum(marks[:-1]).astype(bool)


def fill_short(
    frame: pd.DataFrame, period: np.timedelta64, fill: str | None, limit: int, report: DirtReport
) -> pd.DataFrame:
    """Reports gaps; with `fill`, closes those of at most `limit` rows and no longer ones.

    Longer gaps stay gaps in the stamps, longer runs of missing values stay missing.
    """
    stamps = frame[TIME].to_numpy()
    absent = find_gaps(stamps, period, report)
    if fill is None:
        return frame
    # A gap that is no multiple of the period cannot be put on the grid of both its sides.
    on_grid = np.append(np.diff(stamps) % period == np.timedelta64(0), True)
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
    breaks = np.concatenate([[False], np.diff(stamps) > period])
    clock = (stamps - stamps[0]) / period
    for name in _numbers(frame):
        values = frame[name].to_numpy(copy=True)
        missing = np.isnan(values)
        wanted = short_runs(missing, limit, breaks) if missing.any() else missing
        if not wanted.any():
            continue
        known = np.flatnonzero(~missing)
        if fill == "interpolate":
            values[wanted] = np.interp(clock[wanted], clock[known], values[known])
        else:
            values[wanted] = values[known[np.searchsorted(known, np.flatnonzero(wanted)) - 1]]
        frame[name] = values
        report.values_filled += int(wanted.sum())
    return frame


def _flags(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype.kind == "b"]


def _numbers(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype.kind == "f"]
