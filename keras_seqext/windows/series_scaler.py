"""Scaling that is fitted once, on the training rows, and can be undone."""

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
_FITTED = "`SeriesScaler.fit` makes it from rows."


@dataclass(frozen=True)
class SeriesScaler:
    """Subtracts a center from each column and divides by a scale.

    Args:
        center: `(columns,)`, float64.
        scale: `(columns,)`, float64, finite and above zero.

    Raises:
        TypeError: If they are no numbers.
        ValueError: If they have not one finite value a column.

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
            values = _numbers(name, getattr(self, name), _FITTED)
            if values.ndim != 1 or not np.isfinite(values).all():
                given = values.tolist() if values.ndim < 2 else values
                raise wrong_value(name, given, "an array of finite numbers, one a column", _FITTED)
            object.__setattr__(self, name, values)
        if self.scale.shape != self.center.shape:
            raise wrong_value("scale", self.scale, "of the same length as `center`", _FITTED)
        if not (self.scale > 0).all():
            raise wrong_value("scale", self.scale.tolist(), "above zero in every column", _FITTED)

    def __repr__(self) -> str:
        count = len(self.center)
        center, scale = (format_first(v.tolist(), count, 4) for v in (self.center, self.scale))
        return f"<SeriesScaler of {format_count(count, 'column')}: center {center}; scale {scale}>"

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
            TypeError: If the blocks are no arrays of numbers.
            ValueError: If a column does not vary, holds an infinite value, or none at all.
        """
        kind = checked_choice("kind", kind, KINDS)
        checked = _checked_blocks(blocks)
        center, scale, count = _robust(checked) if kind == "robust" else _moments(checked)
        if not np.size(count):
            raise ValueError(
                "`blocks` must hold at least one array of shape (rows, columns). Received: 0 "
                "blocks. Pass a list, such as [rows]; an iterator can be read once only."
            )
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
        return (self._fitting(values) - self.center) / self.scale

    def inverse_transform(self, values: Values) -> Values:
        """Scaled `values` of shape `(..., columns)`, back in their own units."""
        return self._fitting(values) * self.scale + self.center

    def _fitting(self, values: Any) -> Values:
        """`values` as an array, if its last axis has the columns."""
        array = np.asarray(values)
        expected = f"numbers with {len(self.center)} columns in the last axis"
        remedy = f"Pass values of shape (..., {len(self.center)}), or use the scaler of these."
        if array.dtype.kind not in "fiub":
            raise wrong_type("values", values, expected, remedy)
        if array.shape[-1:] != self.center.shape:
            raise wrong_value("values", array, expected, remedy)
        return array

    def take(self, columns: Any) -> "SeriesScaler":
        """The scaler of some of the columns."""
        return SeriesScaler(self.center[columns], self.scale[columns])


def _numbers(name: str, values: Any, remedy: str) -> Values:
    """`values` as a float64 array."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        raise wrong_type(name, values, "an array of numbers", remedy)
    return np.asarray(array, np.float64)


def _checked_blocks(blocks: Iterable[Values]) -> Iterator[Values]:
    """Yields the blocks in float64, each `(rows, columns)` with as many columns as the first."""
    remedy = "Pass arrays of numbers, each of shape (rows, columns)."
    if isinstance(blocks, (str, bytes)) or not isinstance(blocks, Iterable):
        raise wrong_type("blocks", blocks, "an iterable of arrays", remedy)
    width = None
    for given in blocks:
        block = _numbers("blocks", given, remedy)
        if block.ndim != 2:
            raise wrong_value("blocks", block, "arrays of shape (rows, columns)", remedy)
        if width not in (None, block.shape[1]):
            raise ValueError(
                "`blocks` must have the same columns. Received: blocks of "
                f"{width} and {block.shape[1]} columns. {remedy}"
            )
        if np.isinf(block).any():
            raise ValueError(
                f"`blocks` must hold finite numbers or NaN. Received: inf in column "
                f"{int(np.argwhere(np.isinf(block))[0, 1])}. Replace it by NaN, which is left out."
            )
        width = block.shape[1]
        yield block


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
    every = list(blocks)
    rows = np.concatenate(every) if every else np.zeros((0, 0))
    count = np.sum(~np.isnan(rows), axis=0)
    quartiles = np.zeros((3, rows.shape[1]))
    for column in np.flatnonzero(count):
        quartiles[:, column] = np.nanpercentile(rows[:, column], [25, 50, 75])
    return quartiles[1], quartiles[2] - quartiles[0], count
