"""Loader of the weather records of the Max Planck Institute in Jena."""

import datetime
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from datasets._files.file_search import locate
from datasets._series.assemble import SeriesOptions, Station, assemble
from datasets._series.cleaning_report import CleaningReport
from datasets._series.period import (
    check_equal_periods,
    check_given_period,
    checked_period,
    find_period,
)
from datasets._series.series_data import TIME, SeriesData
from datasets._series.station_csv import csv_members, read_station
from keras_seqext._common.validation import wrong_type, wrong_value

STATION = Station(
    name="jena",
    target="T (degC)",
    groups=None,
    period=np.timedelta64(10, "m"),
    wind_direction="wd (deg)",
    wind_speed="wv (m/s)",
    wind_prefix="wd",
)

PathLike = str | os.PathLike[str]


def load_jena(
    path: PathLike | Sequence[PathLike] | None = None,
    *,
    parts: Sequence[str] | None = None,
    fill: str | None = "interpolate",
    limit: int = 6,
    wind: str = "direction",
    calendar: bool = False,
    max_missing: float = 0.5,
    sentinels: Sequence[float] = (-9999.0,),
    period: str | datetime.timedelta | np.timedelta64 | None = None,
) -> SeriesData:
    """Load the Jena weather: `jena_climate_2009_2016.csv` or other years of the same station.

    Several files are joined in time order. They may be CSV files, or zip files with one or more
    CSV files, in UTF-8 or Latin-1. The columns are those that all files share: 14 quantities
    until 2016, 21 in the newer files of the station, which add rain, radiation and CO2.

    The published files have a row every ten minutes. Files that were thinned out, for example to
    one row per hour, are loaded with the period that is found in their time stamps.

    Args:
        path: A file, a folder to search, or a list of files. By default the file is searched
            for in the folder of `KERAS_SEQEXT_DATA`, in `datasets/files/` and in the Keras
            cache, and downloaded if it is not found.
        parts: Half years of the station to load instead of the eight years, such as
            `["2020a", "2020b"]`. They are searched for and downloaded as
            `mpi_roof_2020a.zip`.
        fill: How to fill missing rows and values. `"interpolate"` draws a straight line between
            the neighbours, and therefore uses up to `limit` future rows; `"forward"` repeats the
            last value; None fills nothing. The report counts everything that is filled.
        limit: Length of the longest gap that is filled, in rows. The default is one hour of
            ten-minute rows. Longer gaps are not filled.
        wind: `"direction"` encodes the wind direction as sine and cosine (both 0 without wind),
            `"vector"` multiplies both by the speed, `"degrees"` leaves it unchanged.
        calendar: Whether to add the time of day and the day of the year, each as sine and cosine.
        max_missing: Columns with a larger fraction of missing values are dropped and reported.
        sentinels: Numbers that mark a missing value. Infinite values are always missing.
        period: Time between consecutive rows, such as `"10min"`. By default it is the most
            frequent one in the files. Files of different periods, and a period that changes
            within a file, are an error unless it is passed.

    Returns:
        `SeriesData` with one series, `time` as recorded by the station, and the target
        `T (degC)`.

    Raises:
        FileNotFoundError: If a file is not found. The message lists the places searched and the
            remedies.
        ValueError: If a file has another layout, its rows are not regular, or an option is
            invalid.
    """
    options = SeriesOptions(fill, limit, wind, calendar, max_missing)
    try:
        sentinel_values = [float(value) for value in sentinels]
    except (TypeError, ValueError):
        raise wrong_type(
            "sentinels", sentinels, "a list of numbers", "Pass e.g. (-9999.0,)."
        ) from None
    given = checked_period(period)
    paths, notes = _find_files(path, parts)
    report = CleaningReport("jena", notes=notes)
    tables = [
        (read_station(raw, name, STATION.target, report), raw, name)
        for found in paths
        for name, raw in csv_members(found)
    ]
    tables.sort(key=lambda table: table[0][TIME].iloc[0])
    # The fingerprint is that of the CSV texts in time order, however they are packed.
    digest = hashlib.sha256()
    for _, raw, _ in tables:
        digest.update(raw)
    spacing = _period({name: frame[TIME].to_numpy() for frame, _, name in tables}, given)
    frame = _join([frame for frame, _, _ in tables], report)
    report.rows = len(frame)

    def mask_sentinels(frame: pd.DataFrame, report: CleaningReport) -> None:
        for name in frame.columns.drop(TIME):
            values = frame[name].to_numpy()
            found = np.logical_or.reduce([values == np.float32(value) for value in sentinel_values])
            if found.any():
                report.sentinels += int(found.sum())
                frame.loc[found, name] = np.nan

    units = {name: _unit(name) for name in frame.columns if name != TIME}
    return assemble(
        STATION, [frame], units, report, options, digest.hexdigest(), spacing, mask_sentinels
    )


def _find_files(
    path: PathLike | Sequence[PathLike] | None, parts: Sequence[str] | None
) -> tuple[list[Path], list[str]]:
    if path is not None and not isinstance(path, str | os.PathLike):
        if parts is not None or not isinstance(path, Sequence) or not path:
            raise ValueError(
                "`path` must be a file, a folder or a non-empty list of files; a list cannot be "
                f"combined with `parts`. Received: path={path!r}, parts={parts!r}. Pass one of "
                "the two."
            )
        located = [locate("jena_climate_2009_2016", file) for file in path]
    elif parts is not None:
        valid = isinstance(parts, Sequence) and not isinstance(parts, str) and len(parts)
        if not valid or not all(re.fullmatch(r"\d{4}[ab]", str(part)) for part in parts):
            raise wrong_value(
                "parts", parts, "a list of half years", "Pass e.g. ['2020a', '2020b']."
            )
        located = [locate("jena_station", path, part=part) for part in parts]
    else:
        located = [locate("jena_climate_2009_2016", path)]
    paths = [file for entry in located for file in entry.paths]
    return paths, [note for entry in located for note in entry.notes]


def _period(stamps: dict[str, np.ndarray], given: np.timedelta64 | None) -> np.timedelta64:
    """Return the time between the rows of all files together."""
    name, joined = ", ".join(stamps), np.concatenate(list(stamps.values()))
    if given is not None:
        check_given_period(joined, given, name)
        return given
    remedy = "Pass period='10min' to put all rows on one grid, or load the parts separately."
    check_equal_periods(stamps, remedy)
    return find_period(joined, STATION.period, name, remedy)


def _join(frames: list[pd.DataFrame], report: CleaningReport) -> pd.DataFrame:
    if len(frames) == 1:
        return frames[0]
    report.notes.append(f"{len(frames)} files joined")
    common = [name for name in frames[0].columns if all(name in frame for frame in frames)]
    others = sorted({name for frame in frames for name in frame.columns} - set(common))
    if others:
        report.notes.append(f"dropped {', '.join(others)} (not in every file)")
    return pd.concat([frame[common] for frame in frames], ignore_index=True)


def _unit(name: str) -> str:
    found = re.search(r"\(([^()]*)\)\s*$", name)
    return found.group(1) if found else "1"
