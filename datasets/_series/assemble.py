"""Pipeline shared by the series loaders, from raw columns to `SeriesData`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_seqext._common.validation import checked_flag, checked_number

from .clean import check_fill, drop_empty, fill_short, sort_and_deduplicate
from .cleaning_report import CleaningReport, duration
from .features import add_calendar, check_wind, encode_wind
from .series_data import TIME, SeriesData


@dataclass(frozen=True)
class SeriesOptions:
    """Options shared by the series loaders. See `load_weather`."""

    fill: str | None
    limit: int
    wind: str
    calendar: bool
    max_missing: float

    def __post_init__(self) -> None:
        check_fill(self.fill, self.limit)
        check_wind(self.wind)
        checked_flag("calendar", self.calendar)
        checked_number(
            "max_missing",
            self.max_missing,
            "a number from 0 to 1",
            lambda fraction: 0 <= fraction <= 1,
            "Pass e.g. max_missing=0.2.",
        )


@dataclass(frozen=True)
class Station:
    """Constants of a data set. See `SeriesData`."""

    name: str
    target: str
    groups: str | None
    period: np.timedelta64  # of the published files
    wind_direction: str
    wind_speed: str
    wind_prefix: str


def assemble(
    station: Station,
    series: list[pd.DataFrame],
    units: dict[str, str],
    report: CleaningReport,
    options: SeriesOptions,
    fingerprint: str,
    period: np.timedelta64,
    mask_invalid: Callable[[pd.DataFrame, CleaningReport], None],
) -> SeriesData:
    """Clean every series, encode its angles and join all series into one frame.

    Args:
        station: Constants of the data set.
        series: One frame per series, with `time` and `float32` columns.
        units: Unit of each column.
        report: Cleaning report to update.
        options: Options of the loader.
        fingerprint: SHA-256 of the raw content.
        period: Time between consecutive rows.
        mask_invalid: Sets implausible values to NaN, in place, and counts them in the report.
    """
    if period != station.period:
        report.notes.append(f"rows every {duration(period)}")
    frame = pd.concat([sort_and_deduplicate(part, report) for part in series], ignore_index=True)
    # Counted before invalid values become NaN too: those have counters of their own.
    empty = frame.isna().sum()
    _mask_infinite(frame, report)
    mask_invalid(frame, report)
    frame = drop_empty(frame, options.max_missing, station.target, report)
    report.missing = int(empty[frame.columns].sum())
    units = dict(units)
    frame = encode_wind(
        frame,
        units,
        direction=station.wind_direction,
        speed=station.wind_speed,
        prefix=station.wind_prefix,
        wind=options.wind,
    )
    # A column, so that it stays aligned with the rows that `fill_short` inserts.
    frame["observed"] = frame[station.target].notna()
    filled = [
        fill_short(part, period, options.fill, options.limit, report)
        for part in _split_groups(frame, station.groups)
    ]
    frame = pd.concat(filled, ignore_index=True)
    observed = frame.pop("observed").to_numpy(bool)
    if options.calendar:
        frame = add_calendar(frame, units)
    report.values_left = int(frame.isna().to_numpy().sum())
    return SeriesData(
        name=station.name,
        frame=frame,
        target=station.target,
        groups=station.groups,
        timestamps=TIME,
        period=period,
        seasonal=int(np.timedelta64(1, "D") / period),
        units={name: units[name] for name in frame.columns if name in units},
        report=report,
        fingerprint=fingerprint,
        observed=observed,
    )


def _mask_infinite(frame: pd.DataFrame, report: CleaningReport) -> None:
    for name in frame.columns:
        values = frame[name].to_numpy()
        if values.dtype.kind == "f" and (infinite := np.isinf(values)).any():
            report.infinite += int(infinite.sum())
            frame.loc[infinite, name] = np.nan


def _split_groups(frame: pd.DataFrame, groups: str | None) -> list[pd.DataFrame]:
    if groups is None:
        return [frame]
    return [part.reset_index(drop=True) for _, part in frame.groupby(groups, sort=False)]
