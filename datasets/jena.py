"""The weather station of the Max Planck Institute in Jena, every ten minutes."""

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from datasets._files.file_search import locate
from datasets._files.validation import wrong
from datasets._series.assemble import Station, Wishes, assemble
from datasets._series.cleaning_report import CleaningReport
from datasets._series.series_data import TIME, SeriesData
from datasets._series.station_csv import contents, read_station

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
) -> SeriesData:
    """Loads the Jena weather: `jena_climate_2009_2016.csv`, or other years of the same station.

    Several files are joined in time order; they may be CSV or zip files with one or more CSV
    files, in UTF-8 or Latin-1. The columns are those that every file has: 14 quantities until
    2016, 21 in the newer files of the station, which add rain, radiation and CO2.

    Args:
        path: a file, a folder to look in, or a list of files. By default the file is looked
            for in the folder of `KERAS_SEQEXT_DATA`, in `datasets/files/` and in the Keras
            cache, and then downloaded.
        parts: half years of the station to load in place of the eight years, such as
            `["2020a", "2020b"]`; they are looked for, and downloaded, as
            `mpi_roof_2020a.zip`.
        fill: what to do with missing rows and values: `"interpolate"` draws a straight line
            between the neighbours, and so looks up to `limit` rows ahead; `"forward"` repeats
            the last value; None changes nothing. All that is filled is counted.
        limit: the longest run of rows that is filled, by default an hour. Longer gaps stay gaps.
        wind: `"direction"` writes the wind direction as sine and cosine (0 and 0 in a calm),
            `"vector"` multiplies both by the speed, `"degrees"` leaves it as it is.
        calendar: adds time of day and day of the year, each as sine and cosine.
        max_missing: columns with a larger part missing are dropped, and the report says so.
        sentinels: the numbers that stand for a missing value.

    Returns:
        `SeriesData` with one series, `time` as the station writes it, and the target
        `T (degC)`.

    Raises:
        FileNotFoundError: the file is nowhere; says where it was looked for and what to do.
        ValueError: a file is not of this layout, or an option does not exist.
    """
    wishes = Wishes(fill, limit, wind, calendar, max_missing)
    try:
        marks = [float(one) for one in sentinels]
    except (TypeError, ValueError):
        raise wrong(
            TypeError, "sentinels", sentinels, "a list of numbers", "Pass e.g. (-9999.0,)."
        ) from None
    paths, notes = _find(path, parts)
    report = CleaningReport("jena", notes=notes)
    read = [
        (read_station(raw, name, STATION.target, report), raw)
        for found in paths
        for name, raw in contents(found)
    ]
    read.sort(key=lambda pair: pair[0][TIME].iloc[0])
    digest = hashlib.sha256()
    for _, raw in read:
        digest.update(raw)
    frame = _joined([frame for frame, _ in read], report)
    report.rows = len(frame)

    def mark(frame: pd.DataFrame, report: CleaningReport) -> None:
        for name in frame.columns.drop(TIME):
            values = frame[name].to_numpy()
            wrong = np.logical_or.reduce([values == np.float32(one) for one in marks])
            if wrong.any():
                report.sentinels += int(wrong.sum())
                frame.loc[wrong, name] = np.nan

    units = {name: _unit(name) for name in frame.columns if name != TIME}
    return assemble(STATION, [frame], units, report, wishes, digest.hexdigest(), mark)


def _find(
    path: PathLike | Sequence[PathLike] | None, parts: Sequence[str] | None
) -> tuple[list[Path], list[str]]:
    if path is not None and not isinstance(path, str | os.PathLike):
        if parts is not None or not isinstance(path, Sequence) or not path:
            raise ValueError(
                "`path` must be a file, a folder or a non-empty list of files, and a list excludes "
                f"`parts`. Received: path={path!r}, parts={parts!r}. Pass one of the two."
            )
        located = [locate("jena_climate_2009_2016", one) for one in path]
    elif parts is not None:
        good = isinstance(parts, Sequence) and not isinstance(parts, str) and len(parts)
        if not good or not all(re.fullmatch(r"\d{4}[ab]", str(part)) for part in parts):
            raise wrong(
                ValueError, "parts", parts, "a list of half years", "Pass e.g. ['2020a', '2020b']."
            )
        located = [locate("jena_station", path, part=part) for part in parts]
    else:
        located = [locate("jena_climate_2009_2016", path)]
    return [file for one in located for file in one.paths], [
        note for one in located for note in one.notes
    ]


def _joined(frames: list[pd.DataFrame], report: CleaningReport) -> pd.DataFrame:
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
