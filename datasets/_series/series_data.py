"""Return type of the time series loaders."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cleaning_report import CleaningReport, duration

TIME = "time"


@dataclass(frozen=True)
class SeriesData:
    """One or more regular, cleaned series and their metadata.

    Args:
        name: Short name of the data.
        frame: One row per time step: the group column if there is one, `time` (`datetime64`
            without time zone), then the `float32` features.
        target: Column to forecast.
        groups: Column that identifies the series, or None.
        timestamps: Column of time stamps.
        period: Time between consecutive rows.
        seasonal: Number of rows per day.
        units: Unit of every feature.
        report: Cleaning report.
        fingerprint: SHA-256 of the content of the raw files.
        observed: Boolean array of shape `(rows,)`: whether the target was measured. False where
            it was filled in or is missing.
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
        """Numeric columns, in order."""
        return [name for name in self.frame.columns if name not in (self.groups, self.timestamps)]
