"""Rows, targets and contiguous segments of the data of a window dataset."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_seqext._common.validation import wrong_type, wrong_value

from .masked_arrays import unmasked
from .row_store import PhasedRows, RowStore
from .series_input import SeriesInput, as_table
from .series_scaler import SeriesScaler, aligned
from .streamed_rows import StreamedRows
from .target_spec import TargetSpec
from .time_gaps import Gap, find_gaps
from .window_index import Segment

Values = npt.NDArray[Any]


@dataclass
class WindowSource:
    """The data of a window dataset, shared by the parts of a split and by all shards."""

    inputs: RowStore
    target_store: RowStore | None
    targets: TargetSpec
    target_columns: tuple[int, ...] | None  # columns of the store of the targets; `None`: all
    bounds: list[tuple[int, int, str]]  # first row, stop row and label of each series
    segments: list[tuple[int, int]]  # first row and stop row; a series is divided at its gaps
    gaps: list[Gap]
    stamps: list[Any] | None
    columns: tuple[str, ...] | None
    in_memory: bool
    scaler: SeriesScaler | None = None
    target_scaler: SeriesScaler | None = None
    training_rows: list[tuple[int, int]] | None = None  # set by `split`

    def target_values(self, rows: Values) -> Values:
        """Return the target values of the given rows, of shape `rows.shape + (targets,)`."""
        store = self.inputs if self.target_store is None else self.target_store
        columns = self.target_columns
        # Copying whole rows is faster than selecting their columns.
        all_columns = columns == tuple(range(store.num_columns))
        return store.rows(rows, None if all_columns else columns)

    def training_mean(self) -> Values | None:
        """Return the mean of each target over the training rows, in original units.

        It is `None` if the dataset was not made by `split`. The rows are read in blocks.
        """
        if self.training_rows is None:
            return None
        total, count, size = 0.0, 0, 65_536
        for first, stop in self.training_rows:
            for start in range(first, stop, size):
                rows = np.arange(start, min(start + size, stop))
                values = self.unscaled_targets(self.target_values(rows)).astype(np.float64)
                present = ~np.isnan(values)
                total = total + np.where(present, values, 0).sum(axis=0)
                count = count + present.sum(axis=0)
        mean: Values = total / np.maximum(count, 1)
        return mean

    def unscaled_targets(self, values: Values) -> Values:
        """Return target values of shape `(..., targets)` in original units."""
        return (
            values if self.target_scaler is None else self.target_scaler.inverse_transform(values)
        )

    def in_original_units(self, targets: Any, horizon: int) -> Values:
        """Return targets of the shape of `y` in original units, after validation."""
        values = np.asarray(unmasked(targets))
        if values.dtype.kind not in "fiub":
            raise wrong_type(
                "targets", targets, "numbers of the shape of `y`", "Pass an array of numbers."
            )
        flat, scaler = self.targets.flat, self.target_scaler
        values = _of_target_shape(values, flat, horizon)
        values = values[..., None] if flat else values
        if scaler is not None and values.shape[-1:] != scaler.center.shape:
            raise wrong_value(
                "targets",
                targets,
                f"of the shape of `y`: {len(scaler.center)} targets in the last axis",
                f"Pass the output of `model.predict`, of shape (windows, {len(scaler.center)}).",
            )
        unscaled = self.unscaled_targets(values)
        return unscaled[..., 0] if flat else unscaled


def _of_target_shape(values: Values, flat: bool, horizon: int) -> Values:
    """Drop an axis of size 1 that `y` does not have, such as the output axis of `Dense(1)`.

    Otherwise, a difference of the result and `y` would have shape `(windows, windows)`.
    """
    if flat and values.ndim > 1 and values.shape[-1] == 1:
        if horizon == 1 or values.shape[-2] == horizon:
            values = values[..., 0]
    time_axis = -1 if flat else -2
    if horizon == 1 and values.ndim > -time_axis and values.shape[time_axis] == 1:
        values = values.squeeze(time_axis)
    return values


def locate_segments(
    data: SeriesInput,
) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]], list[Gap]]:
    """Locate each series in the joined rows, and divide it at its gaps.

    Returns:
        First row, stop row and label of each series; first row and stop row of each contiguous
        segment; the gaps.
    """
    bounds, segments, gaps = [], [], []
    offset = 0
    for series in data.series:
        rows = series.values.shape[0]
        found = find_gaps(series.stamps, series.label, data.period, series.zone)
        gaps += found
        edges = [0, *(gap.row for gap in found), rows]
        segments += [(offset + a, offset + b) for a, b in zip(edges[:-1], edges[1:], strict=True)]
        bounds.append((offset, offset + rows, series.label))
        offset += rows
    return bounds, segments, gaps


def row_blocks(
    parts: list[Any], ranges: list[tuple[int, int]], size: int = 65_536
) -> Iterator[tuple[int, Values]]:
    """Yield the rows in `ranges` of joined tables as pairs of a first row and a block of rows.

    A block has at most `size` rows, so that a table in a file is never read as a whole.
    """
    offset = 0
    for part in parts:
        for first, stop in ranges:
            low, high = max(first - offset, 0), min(stop - offset, part.shape[0])
            for start in range(low, high, size):
                block = np.asarray(part[start : min(start + size, high)])
                yield offset + start, block.reshape(len(block), -1)
        offset += part.shape[0]


def checked_dtype(dtype: Any, default: str) -> str:
    """Return the name of `dtype`, by default of `keras.config.floatx()`.

    Raises:
        ValueError: If it is not a floating dtype of NumPy.
    """
    name = default if dtype is None else dtype
    try:
        if np.dtype(name).kind == "f":
            return np.dtype(name).name
    except TypeError:
        pass
    expected = "'float16', 'float32' or 'float64'"
    if dtype is None:
        raise ValueError(
            f"batches are NumPy arrays, so their dtype must be {expected}. Received: the default "
            f"of Keras, keras.config.floatx()={default!r}. Pass dtype='float32': models cast their "
            "inputs to their own dtype."
        )
    raise ValueError(
        f"`dtype` must be {expected}. Received: dtype={dtype!r}. Models "
        "cast their inputs to their own dtype: leave it out."
    )


def make_store(
    parts: list[Any], in_memory: bool, step: int, dtype: str, scaler: SeriesScaler | None
) -> RowStore:
    """Return a store that copies rows in memory, or one that reads rows from a file on demand."""
    if in_memory:
        return PhasedRows(parts, step, dtype, scaler)
    return StreamedRows(parts, dtype, scaler)


def make_source(
    data: SeriesInput,
    targets: TargetSpec,
    step: int,
    dtype: str,
    scaler: SeriesScaler | None = None,
) -> WindowSource:
    """Join the series and make the stores of inputs and targets."""
    parts = [series.values for series in data.series]
    bounds, segments, gaps = locate_segments(data)
    store, columns, target_scaler = _target_store(data, targets, dtype, scaler)
    return WindowSource(
        inputs=make_store(parts, data.in_memory, step, dtype, scaler),
        target_store=store,
        # Without the arrays, of which the store has a copy: they would be pickled as well.
        targets=replace(targets, arrays=None),
        target_columns=columns,
        bounds=bounds,
        segments=segments,
        gaps=gaps,
        stamps=[s.stamps for s in data.series] if data.series[0].stamps is not None else None,
        columns=data.columns,
        in_memory=data.in_memory,
        scaler=scaler,
        target_scaler=target_scaler,
    )


def _target_store(
    data: SeriesInput, targets: TargetSpec, dtype: str, scaler: SeriesScaler | None
) -> tuple[RowStore | None, tuple[int, ...] | None, SeriesScaler | None]:
    """Return the store of targets, their columns in it, and their scaler.

    The store is `None` if the targets are columns of the inputs.
    """
    scaled = scaler is not None and scaler.scale_targets
    if targets.columns is not None:
        if scaler is None or scaled:
            return None, targets.columns, scaler and scaler.take(list(targets.columns))
        # The rows of the inputs are stored scaled, so targets in original units are stored again.
        columns = list(targets.columns)
        parts = [series.values for series in data.series]
        if data.in_memory:
            return make_store([p[:, columns] for p in parts], True, 1, dtype, None), None, None
        return make_store(parts, False, 1, dtype, None), targets.columns, None
    arrays = targets.arrays or []
    target_scaler = None
    if scaler is not None and scaled and scaler.targets is not None:
        target_scaler = aligned(scaler.targets, len(targets.labels), targets.names, "targets")
    kind = np.result_type(*(getattr(array, "dtype", "float32") for array in arrays))
    if kind.kind == "f" or target_scaler is not None:
        kind = np.dtype(dtype)  # class labels remain integers
    mapped = not all(as_table(array, "targets")[2] for array in arrays)
    return make_store(arrays, not mapped, 1, kind.name, target_scaler), None, target_scaler


def whole_segments(source: WindowSource) -> list[Segment]:
    """Return every contiguous segment; each of its rows may be an input or a target."""
    return [Segment(first, stop, first) for first, stop in source.segments]
