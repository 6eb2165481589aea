"""Scaling that is fitted once, on the training rows, and can be undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._choices import did_you_mean

Values = npt.NDArray[Any]

KINDS = ("standard", "robust")


@dataclass(frozen=True)
class SeriesScaler:
    """Subtracts a center from each column and divides by a scale.

    Args:
        center: `(columns,)`, float64.
        scale: `(columns,)`, float64, never zero.

    >>> scaler = SeriesScaler.fit([np.array([[1.0], [3.0]])])
    >>> scaler.transform(np.array([[5.0]]))
    array([[3.]])
    >>> scaler.inverse_transform(np.array([[3.0]]))
    array([[5.]])
    """

    center: Values
    scale: Values

    @classmethod
    def fit(
        cls, blocks: Iterable[Values], kind: str = "standard", names: tuple[str, ...] | None = None
    ) -> "SeriesScaler":
        """Learns from blocks of rows; missing values (NaN) are left out.

        Args:
            blocks: Arrays of shape `(rows, columns)`.
            kind: `"standard"` (mean and standard deviation) or `"robust"` (median and
                interquartile range, which a few wild values do not move).
            names: Names of the columns in messages.

        Raises:
            ValueError: If a column does not vary, or holds no value at all.
        """
        if kind not in KINDS:
            raise ValueError(
                "`scaler` must be 'standard', 'robust', None or a fitted SeriesScaler. Received: "
                f"scaler={kind!r}.{did_you_mean(kind, KINDS)}"
            )
        blocks = list(blocks) if kind == "robust" else blocks
        center, scale, count = _robust(blocks) if kind == "robust" else _moments(blocks)
        for column in range(len(scale)):
            name = repr(names[column]) if names else column
            if not count[column]:
                raise ValueError(
                    f"column {name} has no value in the training rows, so it cannot be scaled. "
                    "Drop it, or fill its missing values."
                )
            # Rounding leaves a constant column with a spread of some ulp, not with zero.
            if not scale[column] > 1e-12 * max(1.0, abs(center[column])):
                raise ValueError(
                    f"column {name} does not vary in the training rows (every value is about "
                    f"{center[column]:g}; scale {scale[column]:.3g}), so it cannot be scaled. Drop "
                    "it, use more training rows, or pass scaler=None."
                )
        return cls(center, scale)

    def transform(self, values: Values) -> Values:
        """`values` of shape `(..., columns)`, scaled."""
        return (np.asarray(values) - self.center) / self.scale

    def inverse_transform(self, values: Values) -> Values:
        """Scaled `values` of shape `(..., columns)`, back in their own units."""
        return np.asarray(values) * self.scale + self.center

    def take(self, columns: Any) -> "SeriesScaler":
        """The scaler of some of the columns."""
        return SeriesScaler(self.center[columns], self.scale[columns])


def checked_scaler(scaler: object, columns: int) -> None:
    """Raises unless `scaler` is `None` or fitted to as many columns."""
    if scaler is None:
        return
    if not isinstance(scaler, SeriesScaler):
        raise TypeError(
            "`scaler` must be a fitted SeriesScaler or None. Received: "
            f"scaler={scaler!r}. `TimeseriesWindow.split` fits one on the training rows, as does "
            "`SeriesScaler.fit`."
        )
    if len(scaler.center) != columns:
        raise ValueError(
            f"`scaler` was fitted to {len(scaler.center)} columns, and `data` has {columns}. Use "
            "the scaler of the same columns."
        )


def _moments(blocks: Iterable[Values]) -> tuple[Values, Values, Values]:
    """Mean, standard deviation and count, in one pass (Chan, Golub and LeVeque, 1979)."""
    count = mean = squares = np.zeros(1)
    for block in blocks:
        block = np.asarray(block, np.float64)
        n = np.sum(~np.isnan(block), axis=0)
        part_mean = np.nansum(block, axis=0) / np.maximum(n, 1)
        part_squares = np.nansum((block - part_mean) ** 2, axis=0)
        total = np.maximum(count + n, 1)
        shift = part_mean - mean
        squares = squares + part_squares + shift**2 * count * n / total
        mean = mean + shift * n / total
        count = count + n
    return mean, np.sqrt(squares / np.maximum(count, 1)), count


def _robust(blocks: Iterable[Values]) -> tuple[Values, Values, Values]:
    rows = np.concatenate([np.asarray(block, np.float64) for block in blocks])
    count = np.sum(~np.isnan(rows), axis=0)
    quartiles = np.zeros((3, rows.shape[1]))
    for column in np.flatnonzero(count):
        quartiles[:, column] = np.nanpercentile(rows[:, column], [25, 50, 75])
    return quartiles[1], quartiles[2] - quartiles[0], count
