"""Rows, targets and the stretches of rows that windows may use."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_seqext._common.choices import did_you_mean
from keras_seqext._common.validation import wrong_type, wrong_value

from .row_store import PhasedRows, RowStore, StreamedRows
from .series_input import SeriesInput, as_table, is_frame, member
from .series_scaler import SeriesScaler
from .time_gaps import Gap, find_gaps
from .window_index import Segment

Values = npt.NDArray[Any]


@dataclass
class TargetSpec:
    """Which values are forecast: columns of the data, or arrays of their own."""

    columns: tuple[int, ...] | None
    arrays: list[Any] | None
    flat: bool  # no axis for the target columns in `y`
    names: tuple[str, ...] | None


@dataclass
class WindowSource:
    """Everything about the data that windows of any split share."""

    inputs: RowStore
    target_store: RowStore | None
    targets: TargetSpec
    bounds: list[tuple[int, int, str]]  # first row, stop row and label of each series
    segments: list[tuple[int, int]]  # the same, broken at gaps
    gaps: list[Gap]
    stamps: list[Any] | None
    columns: tuple[str, ...] | None
    in_memory: bool
    scaler: SeriesScaler | None = None
    target_scaler: SeriesScaler | None = None
    train_target_mean: Values | None = None

    def target_values(self, rows: Values) -> Values:
        """`rows.shape + (targets,)`: the values to forecast at any rows."""
        if self.target_store is not None:
            return self.target_store.rows(rows)
        columns = self.targets.columns or ()
        every = columns == tuple(range(self.inputs.num_columns))
        return self.inputs.rows(rows, None if every else columns)

    def unscaled_targets(self, values: Values) -> Values:
        """Target values `(..., targets)` in original units."""
        return (
            values if self.target_scaler is None else self.target_scaler.inverse_transform(values)
        )

    def in_original_units(self, targets: Any) -> Values:
        """Targets of the shape of `y`, unscaled."""
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
                f"Pass what `model.predict` gave, (windows, {len(scaler.center)}).",
            )
        unscaled = self.unscaled_targets(values)
        return unscaled[..., 0] if flat else unscaled


def read_targets(targets: Any, data: SeriesInput) -> TargetSpec:
    """Understands `targets`; see `TimeseriesWindow`.

    Raises:
        TypeError: If it is neither a column, a list of columns, nor values.
        ValueError: If a column does not exist, or there is not one value a row.
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
            known = "none has a name" if data.columns is None else f"they are {list(data.columns)}"
            raise ValueError(
                f"`targets` names no column of `data`. Received: {name!r}; {known}. Use one of "
                f"the columns' names or numbers.{did_you_mean(name, data.columns or ())}"
            )
        return data.columns.index(name)
    if not -data.num_columns <= name < data.num_columns:
        raise ValueError(
            f"`targets` is not a column of `data`. Received: {name}, and `data` has "
            f"{data.num_columns} columns: use 0 to {data.num_columns - 1}. (Values to forecast "
            "are passed as an array, one a row.)"
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
                "targets", part, expected, "Pass a column's name or number, or one value a row."
            )
        flat = not is_frame(part) and len(getattr(part, "shape", np.shape(part))) == 1
        table, names, in_memory = as_table(part, "targets")
        matched = data.series if series is None else [series]
        rows = sum(len(s.values) for s in matched)
        if len(table) != rows:
            raise ValueError(
                f"`targets` must have one value a row of `data`: {rows} rows. Received: shape "
                f"{tuple(np.shape(part))}. Pass the whole series, unshifted: `delay` shifts it."
            )
        tables.append((table, names, in_memory, flat))
    arrays = [table for table, *_ in tables]
    if data.keys is None and data.series[0].rows is not None:  # the order of the groups
        arrays = [arrays[0][series.rows] for series in data.series]
    return TargetSpec(None, arrays, tables[0][3], tables[0][1])


def lay_out(
    data: SeriesInput,
) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]], list[Gap]]:
    """Where each series lies when all are joined, and its unbroken stretches."""
    bounds, segments, gaps = [], [], []
    offset = 0
    for series in data.series:
        rows = len(series.values)
        found = [] if series.stamps is None else find_gaps(np.asarray(series.stamps), series.label)
        gaps += found
        edges = [0, *(gap.row for gap in found), rows]
        segments += [(offset + a, offset + b) for a, b in zip(edges[:-1], edges[1:], strict=True)]
        bounds.append((offset, offset + rows, series.label))
        offset += rows
    return bounds, segments, gaps


def row_blocks(
    parts: list[Any], ranges: list[tuple[int, int]], size: int = 65_536
) -> Iterator[tuple[int, Values]]:
    """Rows in `ranges` of joined tables as `(first row, float64 block)`, a block at a time."""
    offset = 0
    for part in parts:
        for first, stop in ranges:
            low, high = max(first - offset, 0), min(stop - offset, len(part))
            for start in range(low, high, size):
                block = np.asarray(part[start : min(start + size, high)])
                yield offset + start, block.reshape(len(block), -1)
        offset += len(part)


def checked_dtype(dtype: str) -> str:
    """`dtype`, if NumPy can hold it and it is a floating one."""
    try:
        if np.dtype(dtype).kind == "f":
            return np.dtype(dtype).name
    except TypeError:
        pass
    raise ValueError(
        f"`dtype` must be 'float16', 'float32' or 'float64'. Received: dtype={dtype!r}. Models "
        "cast their inputs themselves: leave it out."
    )


def make_store(
    parts: list[Any], in_memory: bool, step: int, dtype: str, scaler: SeriesScaler | None
) -> RowStore:
    """Rows in memory are interleaved; others stay where they are."""
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
    """Joins the series and keeps them ready to be copied from."""
    parts = [series.values for series in data.series]
    bounds, segments, gaps = lay_out(data)
    store = None
    if targets.arrays is not None:
        kind = np.dtype(getattr(targets.arrays[0], "dtype", "float32"))
        kept = dtype if kind.kind == "f" else kind.name  # class labels stay integers
        mapped = not all(as_table(a, "targets")[2] for a in targets.arrays)
        store = make_store(targets.arrays, not mapped, 1, kept, target_scaler)
    elif scaler is not None:
        target_scaler = scaler.take(list(targets.columns or ()))
    return WindowSource(
        inputs=make_store(parts, data.in_memory, step, dtype, scaler),
        target_store=store,
        targets=targets,
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
    """Every unbroken stretch, all of it free to be input and target."""
    return [Segment(first, stop, first) for first, stop in source.segments]
