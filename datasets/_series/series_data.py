"""What every loader of a time series returns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cleaning_report import CleaningReport, duration

TIME = "time"


@dataclass(frozen=True)
class SeriesData:
    """One or more regular series, cleaned, with all a recipe has to know about them.

    Args:
        name: short name of the data.
        frame: one row a time step: the group column if there is one, `time`
            (`datetime64`, no time zone), then the `float32` features.
        target: the column to forecast.
        groups: the column that tells the series apart, or None.
        timestamps: the column of time stamps.
        period: time from one row to the next.
        seasonal: rows a day.
        units: the unit of every feature.
        report: what was found and repaired.
        fingerprint: SHA-256 of the content of the raw files.
        observed: `(rows,)`, True where the target was measured, False where it was filled
            in or is missing.
    """

    name: str
    frame: pd.DataFrame
    target: str
    groups: str | None
    timestamps: str
    period: np.timedelta64
    seasonal: int
    units: dict[str, str]
    report: CleaningReport
    fingerprint: str
    observed: np.ndarray

    def __repr__(self) -> str:
        times = self.frame[self.timestamps]
        span = f"{times.min():%Y-%m-%d %H:%M} to {times.max():%Y-%m-%d %H:%M}"
        several = "" if self.groups is None else f" in {self.frame[self.groups].nunique()} series"
        return (
            f"<SeriesData {self.name}: {len(self.frame):,} rows{several}, every "
            f"{duration(self.period)}, {span}\n"
            f"  target {self.target!r} of {len(self.features)} features\n  {self.report}>"
        )

    @property
    def features(self) -> list[str]:
        """The numeric columns, in order."""
        return [name for name in self.frame.columns if name not in (self.groups, self.timestamps)]
