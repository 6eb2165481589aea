"""Baseline forecasts for the windows of a dataset, in original units."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_integer, wrong_type, wrong_value

from .window_dataset import WindowDataset
from .window_index import Rows

Values = npt.NDArray[Any]

KINDS = ("persistence", "seasonal", "mean")


@dataclass(frozen=True)
class Baseline:
    """A baseline forecast and the observed values.

    Args:
        kind: Kind of the baseline.
        predictions: Forecasts of shape `(windows,)` plus the shape of one target, in original
            units, in chronological order.
        targets: Observed values, of the same shape.
    """

    kind: str
    predictions: Values
    targets: Values

    @property
    def mae(self) -> float:
        """Mean absolute error, in the units of the target; without missing values."""
        return float(np.nanmean(np.abs(self.predictions - self.targets)))

    @property
    def rmse(self) -> float:
        """Root mean squared error, in the units of the target, without missing values."""
        return float(np.sqrt(np.nanmean((self.predictions - self.targets) ** 2)))

    def __repr__(self) -> str:
        return f"<Baseline {self.kind}: mae={self.mae:.4g} over {len(self.targets)} windows>"


def make_baseline(dataset: WindowDataset, kind: str, period: int | None, mean: Any) -> Baseline:
    """Make a baseline forecast; see `TimeseriesWindow.baseline`."""
    kind = checked_choice("kind", kind, KINDS)
    shape = dataset.shape
    source = dataset.source
    if kind == "persistence":

        def forecast(ends: Rows) -> Values:
            return target_values(np.repeat(ends[:, None], shape.horizon, axis=1))

    elif kind == "seasonal":
        season = _season(dataset, period)

        def forecast(ends: Rows) -> Values:
            # Go back by the smallest number of whole seasons (a division rounded up) that reaches
            # the last observed row or an earlier one: a long horizon needs more than one.
            rows = shape.target_rows(ends)
            distance = rows - ends[:, None]
            return target_values(rows - -(-distance // season) * season)

    else:
        forecast = None  # type: ignore[assignment]

    def target_values(rows: Rows) -> Values:
        return source.unscaled_targets(source.target_values(rows))

    targets = _over_batches(dataset, lambda ends: target_values(shape.target_rows(ends)))
    if kind == "mean":
        if mean is None:
            mean = source.training_mean()
        if mean is None:
            mean = np.nanmean(targets.reshape(-1, targets.shape[-1]), axis=0)
        predictions = np.broadcast_to(_checked_mean(mean, targets), targets.shape).copy()
    else:
        predictions = _over_batches(dataset, forecast)
    return Baseline(kind, dataset.shape_targets(predictions), dataset.shape_targets(targets))


def _checked_mean(mean: Any, targets: Values) -> Values:
    """Return `mean` as one number, or as one number per target."""
    expected = "a number, or an array with one number per target"
    remedy = f"Pass one number, or {targets.shape[-1]}, one per target."
    try:
        value = np.asarray(mean, np.float64)
    except (TypeError, ValueError):
        raise wrong_type("mean", mean, expected, remedy) from None
    if value.shape not in ((), (1,), targets.shape[-1:]):
        raise wrong_value("mean", value, expected, remedy)
    return value


def _over_batches(dataset: WindowDataset, values: Callable[[Rows], Values]) -> Values:
    """Return `values` of all windows, computed in blocks so that a file is not read at once."""
    size = 4096
    return np.concatenate(
        [
            np.asarray(values(dataset.ends_in_time(start, start + size)), np.float64)
            for start in range(0, dataset.num_windows, size)
        ]
    )


def _season(dataset: WindowDataset, period: int | None) -> int:
    if period is None:
        raise ValueError(
            "a seasonal baseline requires `period`, the number of rows per season. Received: "
            "period=None. "
            "Pass e.g. period=24 for a daily cycle of hourly rows."
        )
    season = checked_integer("period", period, 1)
    if season > dataset.shape.lookback:
        raise ValueError(
            f"`period` must not exceed `lookback`, so that every window contains a whole season. "
            f"Received: period={season}, lookback={dataset.shape.lookback}. Use a longer "
            "`lookback`."
        )
    return season
