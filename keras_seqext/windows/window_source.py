"""Rows, targets and contiguous segments of the data of a window dataset."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_seqext._common.choices import did_you_mean
from keras_seqext._common.validation import wrong_type, wrong_value

from .row_store import PhasedRows, RowStore
from .series_input import SeriesInput, as_table, is_frame, member
from .series_scaler import SeriesScaler
from .streamed_rows import StreamedRows
from .time_gaps import Gap, find_gaps
from .window_index import Segment

Values = npt.NDArray[Any]


@dataclass
class TargetSpec:
    """The values to forecast: columns of the data, or separate arrays."""

    columns: tuple[int, ...] | None
    arrays: list[Any] | None
    flat: bool  # whether `y` has no axis for the target columns
    names: tuple[str, ...] | None


@dataclass
class WindowSource:
    """The data of a window dataset, shared by the parts of a split and by all shards."""

    inputs: RowStore
    target_store: RowStore | None
    targets: TargetSpec
    bounds: list[tuple[int, int, str]]  # first row, stop row and label of each series
    segments: list[tuple[int, int]]  # first row and stop row; a series is divided at its gaps
    gaps: list[Gap]
    stamps: list[Any] | None
    columns: tuple[str, ...] | None
    in_memory: bool
    scaler: SeriesScaler | None = None
    target_scaler: SeriesScaler | None = None
    train_target_mean: Values | None = None

    def target_values(self, rows: Values) -> Values:
        """Return the target values of the given rows, of shape `rows.shape + (targets,)`."""
        if self.target_store is not None:
            return self.target_store.rows(rows)
        columns = self.targets.columns or ()
        # Copying whole rows is faster than selecting their columns.
        all_columns = columns == tuple(range(self.inputs.num_columns))
        return self.inputs.rows(rows, None if all_columns else columns)

    def unscaled_targets(self, values: Values) -> Values:
        """Return target values of shape `(..., targets)` in original units."""
        return (
            values if self.target_scaler is None else self.target_scaler.inverse_transform(values)
        )

    def in_original_units(self, targets: Any) -> Values:
        """Return targets of the shape of `y` in original units, after validation."""
        values = np.asarray(targets)
        if values.dtype.kind not in "fiub":
            raise wrong_type(
                "targets", targets, "numbers of the shape of `y`", "Pass an array of numbers."
            )
        flat, scaler = self.targets.flat, self.target_scaler
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


def read_targets(targets: Any, data: SeriesInput) -> TargetSpec:
    """Parse the argument `targets` of `TimeseriesWindow`.

    Raises:
        TypeError: If `targets` is not a column, a list of columns or an array of values.
        ValueError: If a column does not exist, or the number of values is not that of the rows.
    """
    width = data.num_columns
    if targets is None:
        return TargetSpec(tuple(range(width)), None, width == 1, data.columns)
    if _is_column(targets):
        targets = [targets]
    if isinstance(targets, (list, tuple)) and targets and all(map(_is_column, targets)):
        columns = tuple(_column(name, data) for name in targets)
        names = None if data.columns is None else tuple(data.columns[c] for c in columns)
        return TargetSpec(columns, None, len(columns) == 1, names)
    return _target_arrays(targets, data)


def _is_column(value: Any) -> bool:
    integral = isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))
    return integral or isinstance(value, str)


def _column(name: Any, data: SeriesInput) -> int:
    if isinstance(name, str):
        if data.columns is None or name not in data.columns:
            known = (
                "the columns have no names"
                if data.columns is None
                else f"the columns are {list(data.columns)}"
            )
            raise ValueError(
                f"`targets` names no column of `data`. Received: {name!r}; {known}. Use one of "
                f"the names or numbers of the columns.{did_you_mean(name, data.columns or ())}"
            )
        return data.columns.index(name)
    if not -data.num_columns <= name < data.num_columns:
        raise ValueError(
            f"`targets` is not a column of `data`. Received: {name}, and `data` has "
            f"{data.num_columns} columns: use 0 to {data.num_columns - 1}. (Pass values to "
            "forecast as an array, one value per row.)"
        )
    return int(name) % data.num_columns


def _target_arrays(targets: Any, data: SeriesInput) -> TargetSpec:
    expected = "None, a column (name or number), a list of columns, or values as long as `data`"
    parts = [targets]
    if data.keys is not None:
        count = len(data.series)
        parts = [member(targets, key, i, count, "targets") for i, key in enumerate(data.keys)]
    tables = []
    for part, series in zip(parts, data.series if data.keys is not None else [None], strict=True):
        if part is None or isinstance(part, (str, bytes, bool)):
            raise wrong_type(
                "targets",
                part,
                expected,
                "Pass the name or number of a column, or one value per row.",
            )
        flat = not is_frame(part) and len(getattr(part, "shape", np.shape(part))) == 1
        table, names, in_memory = as_table(part, "targets")
        matched = data.series if series is None else [series]
        rows = sum(len(s.values) for s in matched)
        if len(table) != rows:
            raise ValueError(
                f"`targets` must have one value per row of `data`: {rows} rows. Received: shape "
                f"{tuple(np.shape(part))}. Pass the whole series, unshifted: `delay` shifts it."
            )
        tables.append((table, names, in_memory, flat))
    arrays = [table for table, *_ in tables]
    if data.keys is None and data.series[0].rows is not None:
        # `groups` divided one table: apply the same reordering of rows to the targets.
        arrays = [arrays[0][series.rows] for series in data.series]
    return TargetSpec(None, arrays, tables[0][3], tables[0][1])


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
        rows = len(series.values)
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
            low, high = max(first - offset, 0), min(stop - offset, len(part))
            for start in range(low, high, size):
                block = np.asarray(part[start : min(start + size, high)])
                yield offset + start, block.reshape(len(block), -1)
        offset += len(part)


def checked_dtype(dtype: str) -> str:
    """Return the name of `dtype`, and check that it is a floating dtype of NumPy."""
    try:
        if np.dtype(dtype).kind == "f":
            return np.dtype(dtype).name
    except TypeError:
        pass
    raise ValueError(
        f"`dtype` must be 'float16', 'float32' or 'float64'. Received: dtype={dtype!r}. Models "
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
    target_scaler: SeriesScaler | None = None,
) -> WindowSource:
    """Join the series and make the stores of inputs and targets."""
    parts = [series.values for series in data.series]
    bounds, segments, gaps = locate_segments(data)
    store = None
    if targets.arrays is not None:
        kind = np.dtype(getattr(targets.arrays[0], "dtype", "float32"))
        target_dtype = dtype if kind.kind == "f" else kind.name  # class labels stay integers
        mapped = not all(as_table(a, "targets")[2] for a in targets.arrays)
        store = make_store(targets.arrays, not mapped, 1, target_dtype, target_scaler)
    elif scaler is not None:
        target_scaler = scaler.take(list(targets.columns or ()))
    return WindowSource(
        inputs=make_store(parts, data.in_memory, step, dtype, scaler),
        target_store=store,
        # Without the arrays, of which the store has a copy: they would be pickled as well.
        targets=replace(targets, arrays=None),
        bounds=bounds,
        segments=segments,
        gaps=gaps,
        stamps=[s.stamps for s in data.series] if data.series[0].stamps is not None else None,
        columns=data.columns,
        in_memory=data.in_memory,
        scaler=scaler,
        target_scaler=target_scaler,
    )


def whole_segments(source: WindowSource) -> list[Segment]:
    """Return every contiguous segment; each of its rows may be an input or a target."""
    return [Segment(first, stop, first) for first, stop in source.segments]
