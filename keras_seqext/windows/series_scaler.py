"""Invertible scaling of columns, fitted on the training rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.formatting import format_count, format_first
from keras_seqext._common.validation import wrong_type, wrong_value

Values = npt.NDArray[Any]

KINDS = ("standard", "robust")
_REMEDY = "Use `SeriesScaler.fit` to compute it from rows."


@dataclass(frozen=True)
class SeriesScaler:
    """Subtracts a center from each column and divides by a scale.

    Args:
        center: Array of shape `(columns,)`, float64 and finite.
        scale: Array of shape `(columns,)`, float64, finite and positive.

    Raises:
        TypeError: If `center` or `scale` is not an array of numbers.
        ValueError: If they do not have one finite value per column, or a scale is not positive.

    >>> scaler = SeriesScaler.fit([np.array([[1.0], [3.0]])])
    >>> scaler
    <SeriesScaler of 1 column: center 2; scale 1>
    >>> scaler.transform(np.array([[5.0]]))
    array([[3.]])
    >>> scaler.inverse_transform(np.array([[3.0]]))
    array([[5.]])
    """

    center: Values
    scale: Values

    def __post_init__(self) -> None:
        for name in ("center", "scale"):
            values = _numbers(name, getattr(self, name), _REMEDY)
            if values.ndim != 1 or not np.isfinite(values).all():
                received = values.tolist() if values.ndim < 2 else values
                expected = "an array of finite numbers, one per column"
                raise wrong_value(name, received, expected, _REMEDY)
            object.__setattr__(self, name, values)  # the dataclass is frozen
        if self.scale.shape != self.center.shape:
            raise wrong_value("scale", self.scale, "of the same length as `center`", _REMEDY)
        if not (self.scale > 0).all():
            raise wrong_value("scale", self.scale.tolist(), "positive in every column", _REMEDY)

    def __repr__(self) -> str:
        count = len(self.center)
        center, scale = (format_first(v.tolist(), count, 4) for v in (self.center, self.scale))
        return f"<SeriesScaler of {format_count(count, 'column')}: center {center}; scale {scale}>"

    @classmethod
    def fit(
        cls, blocks: Iterable[Values], kind: str = "standard", names: tuple[str, ...] | None = None
    ) -> "SeriesScaler":
        """Fit a scaler to blocks of rows. Missing values (NaN) are ignored.

        Args:
            blocks: Arrays of shape `(rows, columns)`.
            kind: `"standard"` (mean and standard deviation) or `"robust"` (median and
                interquartile range, which a few outliers do not change).
            names: Names of the columns, for messages.

        Raises:
            TypeError: If the blocks are not arrays of numbers.
            ValueError: If a column is constant, contains an infinite value, or has only
                missing values.
        """
        kind = checked_choice("kind", kind, KINDS)
        checked = _checked_blocks(blocks)
        center, scale, count = _robust(checked) if kind == "robust" else _moments(checked)
        if not np.size(count):
            raise ValueError(
                "`blocks` must contain at least one array of shape (rows, columns). Received: 0 "
                "blocks. Pass a list, such as [rows]; an iterator can be used only once."
            )
        for column in range(len(scale)):
            name = repr(names[column]) if names else column
            if not count[column]:
                raise ValueError(
                    f"column {name} has no value in the training rows, so it cannot be scaled. "
                    "Drop it, or fill its missing values."
                )
            # The computed spread of a constant column is a rounding error, not exactly zero.
            if not scale[column] > 1e-12 * max(1.0, abs(center[column])):
                raise ValueError(
                    f"column {name} does not vary in the training rows (every value is about "
                    f"{center[column]:g}; scale {scale[column]:.3g}), so it cannot be scaled. Drop "
                    "it, use more training rows, or pass scaler=None."
                )
        return cls(center, scale)

    def transform(self, values: Values) -> Values:
        """Scale `values` of shape `(..., columns)`."""
        return (self._checked(values) - self.center) / self.scale

    def inverse_transform(self, values: Values) -> Values:
        """Convert scaled `values` of shape `(..., columns)` to original units."""
        return self._checked(values) * self.scale + self.center

    def _checked(self, values: Any) -> Values:
        """Return `values` as an array, and check the size of its last axis."""
        array = np.asarray(values)
        expected = f"numbers with {len(self.center)} columns in the last axis"
        remedy = (
            f"Pass values of shape (..., {len(self.center)}), or use the scaler fitted to them."
        )
        if array.dtype.kind not in "fiub":
            raise wrong_type("values", values, expected, remedy)
        if array.shape[-1:] != self.center.shape:
            raise wrong_value("values", array, expected, remedy)
        return array

    def take(self, columns: Any) -> "SeriesScaler":
        """Return the scaler of some of the columns."""
        return SeriesScaler(self.center[columns], self.scale[columns])


def _numbers(name: str, values: Any, remedy: str) -> Values:
    """Return `values` as a float64 array."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        raise wrong_type(name, values, "an array of numbers", remedy)
    return np.asarray(array, np.float64)


def _checked_blocks(blocks: Iterable[Values]) -> Iterator[Values]:
    """Yield the blocks in float64, and check that each has the columns of the first."""
    remedy = "Pass arrays of numbers, each of shape (rows, columns)."
    if isinstance(blocks, (str, bytes)) or not isinstance(blocks, Iterable):
        raise wrong_type("blocks", blocks, "an iterable of arrays", remedy)
    width = None
    for values in blocks:
        block = _numbers("blocks", values, remedy)
        if block.ndim != 2:
            raise wrong_value("blocks", block, "arrays of shape (rows, columns)", remedy)
        if width not in (None, block.shape[1]):
            raise ValueError(
                "`blocks` must have the same columns. Received: blocks of "
                f"{width} and {block.shape[1]} columns. {remedy}"
            )
        if np.isinf(block).any():
            raise ValueError(
                f"`blocks` must contain finite numbers or NaN. Received: inf in column "
                f"{int(np.argwhere(np.isinf(block))[0, 1])}. Replace it by NaN, which is ignored."
            )
        width = block.shape[1]
        yield block


def checked_scaler(scaler: object, columns: int) -> None:
    """Raise unless `scaler` is `None` or was fitted to the given number of columns."""
    if scaler is None:
        return
    if not isinstance(scaler, SeriesScaler):
        raise TypeError(
            "`scaler` must be a fitted SeriesScaler or None. Received: "
            f"scaler={scaler!r}. Use `TimeseriesWindow.split`, which fits one on the training "
            "rows, or `SeriesScaler.fit`."
        )
    if len(scaler.center) != columns:
        raise ValueError(
            f"`scaler` was fitted to {len(scaler.center)} columns, but `data` has {columns}. "
            "Use a scaler of the same columns."
        )


def _moments(blocks: Iterable[Values]) -> tuple[Values, Values, Values]:
    """Return mean, standard deviation and count of each column.

    The blocks are read once. Mean and sum of squares are updated by the formula of Chan, Golub
    and LeVeque (1979), which does not cancel for a large mean as `E[x**2] - E[x]**2` does.
    """
    count = mean = squares = np.zeros(0)
    for block in blocks:
        if not mean.size:
            count = mean = squares = np.zeros(block.shape[1])
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
    """Return median, interquartile range and count of each column."""
    parts = list(blocks)
    rows = np.concatenate(parts) if parts else np.zeros((0, 0))
    count = np.sum(~np.isnan(rows), axis=0)
    quartiles = np.zeros((3, rows.shape[1]))
    # Column by column: the percentiles sort a copy, which is large for all columns together.
    # Columns without a value are skipped; NumPy would warn.
    for column in np.flatnonzero(count):
        quartiles[:, column] = np.nanpercentile(rows[:, column], [25, 50, 75])
    return quartiles[1], quartiles[2] - quartiles[0], count
