"""Naive forecasts of the windows of a dataset, in original units."""

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
    """A naive forecast and what came true.

    Args:
        kind: Which one.
        predictions: `(windows,)` plus the shape of one target, in original units, in the
            order of time.
        targets: The same shape: what came true.
    """

    kind: str
    predictions: Values
    targets: Values

    @property
    def mae(self) -> float:
        """Mean absolute error, in the units of the target; missing values left out."""
        return float(np.nanmean(np.abs(self.predictions - self.targets)))

    @property
    def rmse(self) -> float:
        """Root of the mean squared error, in the units of the target."""
        return float(np.sqrt(np.nanmean((self.predictions - self.targets) ** 2)))

    def __repr__(self) -> str:
        return f"<Baseline {self.kind}: mae={self.mae:.4g} over {len(self.targets)} windows>"


def make_baseline(dataset: WindowDataset, kind: str, period: int | None, mean: Any) -> Baseline:
    """See `TimeseriesWindow.baseline`."""
    kind = checked_choice("kind", kind, KINDS)
    shape = dataset.shape
    source = dataset.source
    if kind == "persistence":

        def observed(ends: Rows) -> Values:
            return known(np.repeat(ends[:, None], shape.horizon, axis=1))

    elif kind == "seasonal":
        season = _season(dataset, period)

        def observed(ends: Rows) -> Values:
            rows = shape.target_rows(ends)
            late = rows - ends[:, None]  # at least one season back, and not after `e`
            return known(rows - -(-late // season) * season)

    else:
        observed = None  # type: ignore[assignment]

    def known(rows: Rows) -> Values:
        return source.unscaled_targets(source.target_values(rows))

    targets = _over_batches(dataset, lambda ends: known(shape.target_rows(ends)))
    if kind == "mean":
        if mean is None:
            mean = source.train_target_mean
        if mean is None:
            mean = np.nanmean(targets.reshape(-1, targets.shape[-1]), axis=0)
        predictions = np.broadcast_to(_checked_mean(mean, targets), targets.shape).copy()
    else:
        predictions = _over_batches(dataset, observed)
    return Baseline(kind, dataset.shape_targets(predictions), dataset.shape_targets(targets))


def _checked_mean(mean: Any, targets: Values) -> Values:
    """`mean` as one number, or one a target."""
    expected = "a number, or an array of one a target"
    remedy = f"Pass one number, or {targets.shape[-1]}, one a target."
    try:
        value = np.asarray(mean, np.float64)
    except (TypeError, ValueError):
        raise wrong_type("mean", mean, expected, remedy) from None
    if value.shape not in ((), (1,), targets.shape[-1:]):
        raise wrong_value("mean", value, expected, remedy)
    return value


def _over_batches(dataset: WindowDataset, values: Callable[[Rows], Values]) -> Values:
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
            "a seasonal baseline needs `period`, the rows in a season. Received: period=None. "
            "Pass e.g. period=24 for a daily cycle of hourly rows."
        )
    season = checked_integer("period", period, 1)
    if season > dataset.shape.lookback:
        raise ValueError(
            f"`period` must not exceed `lookback`, so that it was observed in every window. "
            f"Received: period={season}, lookback={dataset.shape.lookback}. Use a longer "
            "`lookback`."
        )
    return season
