"""Invertible scaling of columns, fitted on the training rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.formatting import format_count, format_first
from keras_seqext._common.validation import checked_flag, wrong_type, wrong_value

from .masked_arrays import unmasked
from .scaler_fit import as_numbers, moments, read_blocks, robust
from .series_input import as_table, is_frame

Values = npt.NDArray[Any]

KINDS = ("standard", "robust")
_REMEDY = "Use `SeriesScaler.fit` to compute it from rows."


@dataclass(frozen=True, eq=False)
class SeriesScaler:
    """Subtracts a center from each column and divides by a scale.

    A scaler that `TimeseriesWindow.split` fitted describes the whole scaling of a dataset: of
    the inputs, and of targets from a separate array. Save it with the model, for example with
    `pickle`. Scalers with the same values are equal.

    Args:
        center: Array of shape `(columns,)`, float64 and finite.
        scale: Array of shape `(columns,)`, float64, finite and positive.
        names: Names of the columns. Columns of a data frame are matched by name: another order
            is corrected, other names are an error. Without names, columns are matched by
            position.
        targets: Scaler of targets that are a separate array. Without it, `TimeseriesWindow`
            does not scale such targets.
        scale_targets: Whether targets are scaled. With `False`, inputs only, even if the targets
            are columns of the data.

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
    names: tuple[str, ...] | None = None
    targets: "SeriesScaler | None" = None
    scale_targets: bool = True

    def __post_init__(self) -> None:
        for name in ("center", "scale"):
            values = np.array(as_numbers(name, getattr(self, name), _REMEDY))
            if values.ndim != 1 or not np.isfinite(values).all():
                received = values.tolist() if values.ndim < 2 else values
                expected = "an array of finite numbers, one per column"
                raise wrong_value(name, received, expected, _REMEDY)
            values.flags.writeable = False  # a scaler can be the key of a dict
            object.__setattr__(self, name, values)  # the dataclass is frozen
        if self.scale.shape != self.center.shape:
            raise wrong_value("scale", self.scale, "of the same length as `center`", _REMEDY)
        if not (self.scale > 0).all():
            raise wrong_value("scale", self.scale.tolist(), "positive in every column", _REMEDY)
        if self.names is not None:
            object.__setattr__(self, "names", _checked_names(self.names, len(self.center)))
        if not isinstance(self.targets, (SeriesScaler, type(None))):
            raise wrong_type("targets", self.targets, "a SeriesScaler or None", _REMEDY)
        checked_flag("scale_targets", self.scale_targets)

    def __repr__(self) -> str:
        count = len(self.center)
        center, scale = (format_first(v.tolist(), count, 4) for v in (self.center, self.scale))
        text = f"SeriesScaler of {format_count(count, 'column')}: center {center}; scale {scale}"
        if not self.scale_targets:
            return f"<{text}; targets not scaled>"
        return f"<{text}>" if self.targets is None else f"<{text}; targets: {self.targets!r}>"

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, SeriesScaler) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        numbers = (*self.center.tolist(), *self.scale.tolist())
        return numbers, self.names, self.targets, self.scale_targets

    @classmethod
    def fit(
        cls, blocks: Iterable[Any], kind: str = "standard", names: tuple[str, ...] | None = None
    ) -> "SeriesScaler":
        """Fit a scaler to blocks of rows. Missing values (NaN, masked values) are ignored.

        Args:
            blocks: Arrays of shape `(rows, columns)` or data frames; or one of them.
            kind: `"standard"` (mean and standard deviation) or `"robust"` (median and
                interquartile range, which a few outliers do not change).
            names: Names of the columns. Defaults to those of a data frame.

        Raises:
            TypeError: If the blocks are not arrays of numbers.
            ValueError: If a column is constant, contains an infinite value, or has only
                missing values.
        """
        kind = checked_choice("kind", kind, KINDS)
        found, checked = read_blocks(blocks)
        names = found if names is None else names
        center, scale, count = robust(checked) if kind == "robust" else moments(checked)
        if not np.size(count):
            raise ValueError(
                "`blocks` must contain at least one array of shape (rows, columns). Received: 0 "
                "blocks. Pass a list, such as [rows]; an iterator can be used only once."
            )
        names = None if names is None else _checked_names(names, len(scale))
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
        return cls(center, scale, names)

    def transform(self, values: Any) -> Values:
        """Scale `values` of shape `(..., columns)`. Masked values become NaN.

        The columns of a data frame are matched by name, and remain in its order.
        """
        array, scaler = self._checked(values)
        return (array - scaler.center) / scaler.scale

    def inverse_transform(self, values: Any) -> Values:
        """Convert scaled `values` of shape `(..., columns)` to original units.

        To convert predictions, use `TimeseriesWindow.inverse_transform`; or `scaler.targets`, if
        the targets were an array; or `scaler.take` with the columns of the targets.
        """
        array, scaler = self._checked(values)
        return array * scaler.scale + scaler.center

    def _checked(self, values: Any) -> tuple[Values, "SeriesScaler"]:
        """Return `values` as an array, and the scaler of its columns in their order."""
        if is_frame(values):
            array, names, _ = as_table(values, "values")
            return array, aligned(self, len(names or ()), names, "values")
        array = np.asarray(unmasked(values))
        expected = f"numbers with {len(self.center)} columns in the last axis"
        remedy = (
            f"Pass values of shape (..., {len(self.center)}), or use the scaler fitted to them."
        )
        if array.dtype.kind not in "fiub":
            raise wrong_type("values", values, expected, remedy)
        if array.shape[-1:] != self.center.shape:
            raise wrong_value("values", array, expected, remedy)
        return array, self

    def take(self, columns: Any) -> "SeriesScaler":
        """Return the scaler of some of the columns, given by their positions."""
        names = None if self.names is None else tuple(np.array(self.names, object)[columns])
        return SeriesScaler(self.center[columns], self.scale[columns], names)


def _checked_names(names: Any, count: int) -> tuple[str, ...]:
    expected = f"{count} different names, one per column"
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise wrong_type("names", names, expected, "Pass a tuple of strings, or None.")
    checked = tuple(str(name) for name in names)
    if len(checked) != count or len(set(checked)) != count:
        raise wrong_value("names", names, expected, "Pass a tuple of strings, or None.")
    return checked


def aligned(
    scaler: SeriesScaler, count: int, names: tuple[str, ...] | None, argument: str
) -> SeriesScaler:
    """Return `scaler` with its columns in the order of `argument`, which has `count` columns."""
    if names is not None and scaler.names is not None and names != scaler.names:
        if sorted(names) != sorted(scaler.names):
            raise ValueError(
                f"`scaler` was fitted to the columns {_listed(scaler.names)}. Received: "
                f"`{argument}` with the columns {_listed(names)}. Use the same columns, in any "
                "order, or a scaler fitted to these."
            )
        order = [scaler.names.index(name) for name in names]
        center, scale = scaler.center[order], scaler.scale[order]
        return SeriesScaler(center, scale, names, scaler.targets, scaler.scale_targets)
    if len(scaler.center) != count:
        raise ValueError(
            f"`scaler` was fitted to {len(scaler.center)} columns, but `{argument}` has {count}. "
            "Use a scaler of the same columns."
        )
    return scaler


def _listed(names: tuple[str, ...]) -> str:
    return format_first(names, len(names), 8)


def checked_scaler(
    scaler: object, count: int, names: tuple[str, ...] | None
) -> SeriesScaler | None:
    """Return a fitted scaler in the order of the columns of `data`, or `None`."""
    if scaler is None:
        return None
    if not isinstance(scaler, SeriesScaler):
        raise TypeError(
            "`scaler` must be a fitted SeriesScaler or None. Received: "
            f"scaler={scaler!r}. Use `TimeseriesWindow.split`, which fits one on the training "
            "rows, or `SeriesScaler.fit`."
        )
    return aligned(scaler, count, names, "data")
