"""Text representation of a dataset of windows, made without reading any values."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_seqext._common.formatting import format_bytes, format_count, format_first

from .shard import Shard
from .window_dataset import WindowDataset
from .window_index import Segment
from .window_source import WindowSource


def describe(dataset: WindowDataset, segments: Sequence[Segment], shard: Shard) -> str:
    """Return a line each for windows, rows, time span, batches and memory."""
    source, shape = dataset.source, dataset.shape
    inputs = (shape.num_inputs, dataset.num_features)
    lines = [
        f"<{type(dataset).__name__} of {format_count(dataset.num_windows, 'window')}: "
        f"{format_count(inputs[0], 'row')} of {format_count(inputs[1], 'column')}, "
        f"{_targets(source)} at {_horizon(shape.delay, shape.horizon)}",
        f"  rows: {_rows(source, segments)}",
    ]
    if source.stamps is not None and segments:
        lines.append(f"  time: {_span(source.stamps, segments)}")
    order = f"shuffled, seed {dataset.seed}" if dataset.shuffle else "in order"
    part = f", shard {shard.index} of {shard.count}" if shard.count > 1 else ""
    scaled = "not scaled"
    if source.scaler is not None:
        scaled = "scaled" if source.target_scaler is not None else "inputs scaled"
    lines.append(
        f"  batches: {len(dataset):,} of {format_count(dataset.batch_size, 'window')}, {order}"
        f"{part}, {scaled}"
    )
    dtype = np.dtype(source.inputs.dtype)
    batch = min(dataset.batch_size, dataset.num_windows) * inputs[0] * inputs[1] * dtype.itemsize
    lines.append(f"  memory: {_memory(source)}, {format_bytes(batch)} of inputs per batch>")
    return "\n".join(lines)


def _targets(source: WindowSource) -> str:
    names, columns = source.targets.names, source.targets.columns
    if names:
        return format_first(names, len(names))
    if columns is not None:
        several = "columns" if len(columns) > 1 else "column"
        return f"{several} {format_first(columns, len(columns))}"
    return "separate targets"


def _horizon(delay: int, horizon: int) -> str:
    last = delay + horizon - 1
    return f"+{format_count(delay, 'row')}" if horizon == 1 else f"+{delay} to +{last} rows"


def _rows(source: WindowSource, segments: Sequence[Segment]) -> str:
    used = sum(segment.stop - segment.first for segment in segments)
    total = source.inputs.num_rows
    rows = f"{used:,}" if used == total else f"{used:,} of {total:,}"
    series = f"{len(source.bounds):,} series" if len(source.bounds) > 1 else "one series"
    gaps = f" with {format_count(len(source.gaps), 'gap')}" if source.gaps else ""
    return f"{rows} in {series}{gaps}"


def _span(stamps: list[Any], segments: Sequence[Segment]) -> str:
    """Return the first and the last time of the rows used."""
    # `first` and `last` count rows through all series. They are made relative to each series in
    # turn, so that the stamps need not be joined.
    first, last = segments[0].first, segments[-1].stop - 1
    begin = end = None
    for part in stamps:
        if begin is None and first < len(part):
            begin = part[first]
        if end is None and last < len(part):
            end = part[last]
        first, last = first - len(part), last - len(part)
    if len(stamps) > 1:
        return f"from {_time(begin)} (first series) to {_time(end)} (last)"
    return f"{_time(begin)} to {_time(end)}"


def _time(stamp: Any) -> str:
    if isinstance(stamp, np.datetime64):
        text = str(stamp.astype("datetime64[s]")).replace("T", " ")
        return text.removesuffix(" 00:00:00").removesuffix(":00")
    return str(stamp)


def _memory(source: WindowSource) -> str:
    stores = [source.inputs, source.target_store]
    size = sum(store.nbytes for store in stores if store is not None)
    streamed = "" if source.in_memory else "; rows are read on demand"
    return f"{format_bytes(size)} of rows{streamed}"
