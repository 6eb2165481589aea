"""The steps that every loader shares, from raw columns to `SeriesData`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from datasets._files.validation import check_flag, check_share

from .clean import check_fill, drop_empty, fill_short, in_order
from .cleaning_report import CleaningReport
from .features import add_calendar, check_wind, encode_wind
from .series_data import TIME, SeriesData


@dataclass(frozen=True)
class Wishes:
    """The options that every loader takes. See `load_weather`."""

    fill: str | None
    limit: int
    wind: str
    calendar: bool
    max_missing: float

    def __post_init__(self) -> None:
        check_fill(self.fill, self.limit)
        check_wind(self.wind)
        check_flag("calendar", self.calendar)
        check_share("max_missing", self.max_missing, ends=True)


@dataclass(frozen=True)
class Station:
    """What is fixed for one kind of data. See `SeriesData`."""

    name: str
    target: str
    groups: str | None
    period: np.timedelta64
    wind_direction: str
    wind_speed: str
    wind_prefix: str


def assemble(
    station: Station,
    series: list[pd.DataFrame],
    units: dict[str, str],
    report: CleaningReport,
    wishes: Wishes,
    fingerprint: str,
    mark: Callable[[pd.DataFrame, CleaningReport], None],
) -> SeriesData:
    """Cleans each of `series`, encodes its angles and joins them into one frame.

    Args:
        station: what is fixed for this kind of data.
        series: one frame a series, with `time` and `float32` columns.
        units: the unit of each column.
        report: goes on counting in it.
        wishes: the options of the loader.
        fingerprint: SHA-256 of the raw content.
        mark: sets values that cannot be true to NaN, in place, and counts them.
    """
    frame = pd.concat([in_order(part, report) for part in series], ignore_index=True)
    empty = frame.isna().sum()
    mark(frame, report)
    frame = drop_empty(frame, wishes.max_missing, station.target, report)
    report.missing = int(empty[frame.columns].sum())
    units = dict(units)
    frame = encode_wind(
        frame,
        units,
        direction=station.wind_direction,
        speed=station.wind_speed,
        prefix=station.wind_prefix,
        wind=wishes.wind,
    )
    frame["observed"] = frame[station.target].notna()
    filled = [
        fill_short(part, station.period, wishes.fill, wishes.limit, report)
        for part in _apart(frame, station.groups)
    ]
    frame = pd.concat(filled, ignore_index=True)
    observed = frame.pop("observed").to_numpy(bool)
    if wishes.calendar:
        frame = add_calendar(frame, units)
    report.values_left = int(frame.isna().to_numpy().sum())
    return SeriesData(
        name=station.name,
        frame=frame,
        target=station.target,
        groups=station.groups,
        timestamps=TIME,
        period=station.period,
        seasonal=int(np.timedelta64(1, "D") / station.period),
        units={name: units[name] for name in frame.columns if name in units},
        report=report,
        fingerprint=fingerprint,
        observed=observed,
    )


def _apart(frame: pd.DataFrame, groups: str | None) -> list[pd.DataFrame]:
    if groups is None:
        return [frame]
    return [part.reset_index(drop=True) for _, part in frame.groupby(groups, sort=False)]
