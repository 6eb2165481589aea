"""Division of series into training, validation and test windows without leakage."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import (
    checked_integer,
    format_value,
    unknown_argument,
    wrong_type,
    wrong_value,
)

from .date_cuts import checked_pair, rows_at_dates
from .series_input import SeriesInput, read_input
from .series_scaler import KINDS, SeriesScaler, checked_scaler
from .target_spec import TargetSpec, read_targets
from .window_index import Segment
from .window_source import WindowSource, make_source, row_blocks

Dataset = TypeVar("Dataset")

PARTS = ("train", "validation", "test")


class Scaling(NamedTuple):
    """The arguments `scaler` and `scale_targets` of `TimeseriesWindow.split`."""

    scaler: str | SeriesScaler | None
    scale_targets: bool


class WindowSplit(NamedTuple, Generic[Dataset]):
    """Training, validation and test datasets in chronological order, with a common scaler."""

    train: Dataset
    validation: Dataset
    test: Dataset

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {part!r}" for name, part in zip(PARTS, self, strict=True))


def split_series(
    cls: type[Dataset],
    data: Any,
    targets: Any,
    cut: dict[str, Any],
    embargo: bool | int,
    scaling: Scaling,
    options: dict[str, Any],
) -> WindowSplit[Dataset]:
    """Divide series into three datasets; see `TimeseriesWindow.split`."""
    options = dict(options)
    known = set(inspect.signature(cls.__init__).parameters) - {"self", "data", "targets"}
    for name in options:
        if name not in known:
            raise unknown_argument(f"{cls.__name__}.split", name, options[name], known)
    series = read_input(data, options.pop("groups", None), options.pop("timestamps", None))
    several = len(series.series) > 1
    edges = _edges(series, [_cut_rows(part, cut, several) for part in series.series])
    _check_training_rows(series, edges, cut)
    apart, margin = _checked_embargo(embargo)
    training = [(first, first_cut) for first, first_cut, *_ in edges]
    spec = read_targets(targets, series)
    source = make_source(
        series,
        spec,
        checked_integer("step", options.get("step", 1), 1),
        options["dtype"],
        _fit(scaling, series, spec, training),
    )
    source.training_rows = training
    make: Callable[..., Dataset] = cls
    parts = []
    seed = options.pop("seed", None)
    for position, name in enumerate(PARTS):
        segments = _part_segments(source, edges, position, apart, margin)
        if position:  # evaluation uses every window, in order
            options["shuffle"] = options["drop_remainder"] = False
        try:
            parts.append(make((source, segments), seed=seed, **options))
        except ValueError as error:
            used = [key for key, value in cut.items() if value is not None] or ["fractions"]
            raise ValueError(
                f"{name} set: {error} The sets are divided by `{used[0]}`="
                f"{format_value(cut[used[0]] or (0.5, 0.25, 0.25))}, with `embargo`={embargo}."
            ) from None
    return WindowSplit(*parts)


def _checked_embargo(embargo: bool | int) -> tuple[bool, int]:
    """Return whether inputs stay inside their part, and the number of rows skipped after a cut."""
    if isinstance(embargo, (bool, np.bool_)):
        return bool(embargo), 0
    return True, checked_integer("embargo", embargo, 0)


def _cut_rows(series: Any, cut: dict[str, Any], several: bool) -> tuple[int, int]:
    """Return the first rows of the validation set and of the test set, within one series."""
    used = [name for name, value in cut.items() if value is not None]
    if len(used) > 1:
        raise ValueError(f"pass only one of `fractions`, `indices` and `dates`. Received: {used}.")
    rows = series.values.shape[0]
    if cut["dates"] is not None:
        first, second = rows_at_dates(series, cut["dates"])
    elif cut["indices"] is not None:
        first, second = checked_pair("indices", cut["indices"])
        first = checked_integer("indices", first, 1)
        second = checked_integer("indices", second, 1)
    else:
        shares = _shares((0.5, 0.25, 0.25) if cut["fractions"] is None else cut["fractions"])
        # A sum such as 0.6 + 0.2 is slightly below 0.8 in floating point. Without the tolerance,
        # `floor` would move a row from one set to the next.
        first, second = (int(np.floor(rows * share + 1e-9)) for share in shares.cumsum()[:2])
    if several and cut["dates"] is None:
        # A short series has no window of its own, which must not prevent a split of the others.
        first, second = min(first, rows), min(second, rows)
        inside = first <= second
    else:
        inside = cut["dates"] is not None or 0 < first < second < rows
    if not inside:
        raise ValueError(
            f"`{used[0] if used else 'fractions'}` must cut {series.label} twice inside its "
            f"{rows} rows. Received: cuts at rows {first} and {second}. Pass two increasing "
            f"rows, from 1 to {rows - 1}."
        )
    return first, second


def _shares(fractions: Any) -> npt.NDArray[np.float64]:
    """Return the three fractions as an array, and check that they are positive with sum 1."""
    expected = "three positive numbers (train, validation, test) with sum 1"
    remedy = "Pass e.g. (0.5, 0.25, 0.25)."
    try:
        shares = np.asarray(fractions, np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise wrong_type("fractions", fractions, expected, remedy) from None
    if len(shares) != 3 or not (shares > 0).all() or abs(shares.sum() - 1) > 1e-6:
        raise wrong_value("fractions", fractions, f"{expected} (here {shares.sum():g})", remedy)
    return shares


def _edges(series: SeriesInput, cuts: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Return start, first cut, second cut and end of each series, in joined rows."""
    edges, offset = [], 0
    for part, (first, second) in zip(series.series, cuts, strict=True):
        rows = part.values.shape[0]
        edges.append((offset, offset + first, offset + second, offset + rows))
        offset += rows
    return edges


def _check_training_rows(
    series: SeriesInput, edges: list[tuple[int, int, int, int]], cut: dict[str, Any]
) -> None:
    """Raise if no row lies before the first cut."""
    if any(first_cut > first for first, first_cut, *_ in edges):
        return
    used = next((name for name, value in cut.items() if value is not None), "fractions")
    if used != "dates":
        raise ValueError(
            f"`{used}` must leave training rows in at least one series. Received: "
            f"{used}={format_value(cut[used] or (0.5, 0.25, 0.25))} with {len(edges)} series of "
            f"{edges[-1][-1]} rows in total. Pass longer series, or a larger first fraction."
        )
    first = min(part.stamps[0] for part in series.series)
    last = max(part.stamps[-1] for part in series.series)
    raise ValueError(
        f"`dates` must leave rows before the first date, to train on. Received: "
        f"dates={format_value(cut['dates'])}, and the time stamps of `data` are {first} to {last}. "
        "Pass the start of the validation set and of the test set, both inside this time."
    )


def _part_segments(
    source: WindowSource,
    edges: list[tuple[int, int, int, int]],
    position: int,
    apart: bool,
    margin: int,
) -> list[Segment]:
    """Return the contiguous segments of one part.

    Targets always lie inside the part. With `apart`, inputs do as well; otherwise they may reach
    back to the start of the segment.
    """
    segments = []
    for first, stop in source.segments:
        series = next(edge for edge in edges if edge[0] <= first < edge[3])
        low = series[position] + (margin if position else 0)
        high = series[position + 1]
        if max(first, low) < min(stop, high):
            oldest = max(first, low) if apart else first
            segments.append(Segment(oldest, min(stop, high), max(first, low)))
    return segments


def _fit(
    scaling: Scaling,
    series: SeriesInput,
    spec: TargetSpec,
    training: list[tuple[int, int]],
) -> SeriesScaler | None:
    """Return a scaler of the columns and of target arrays, fitted on the training rows only."""
    fitted = scaling.scaler
    if fitted is None or isinstance(fitted, SeriesScaler):
        fitted, kind = checked_scaler(fitted, series.num_columns, series.columns), "standard"
    else:
        kind = checked_choice(
            "scaler", fitted, KINDS, "Pass 'standard', 'robust', a fitted SeriesScaler, or None."
        )
        if kind == "robust" and not series.in_memory:
            raise ValueError(
                "scaler='robust' sorts each column, so `data` must be in memory; here it is read "
                "from a file. Use scaler='standard', or load it."
            )
        blocks = (block for _, block in row_blocks([s.values for s in series.series], training))
        fitted = SeriesScaler.fit(blocks, kind, series.columns)
    if fitted is None:
        return None
    if not scaling.scale_targets:
        return replace(fitted, targets=None, scale_targets=False)
    if fitted.targets is None and fitted.scale_targets and not all(spec.labels):
        return replace(fitted, targets=_fit_targets(kind, spec, training))
    return fitted


def _fit_targets(kind: str, spec: TargetSpec, training: list[tuple[int, int]]) -> SeriesScaler:
    """Return a scaler of target arrays, which leaves the columns of integers unchanged."""
    scaled = [column for column, label in enumerate(spec.labels) if not label]
    names = None if spec.names is None else tuple(spec.names[column] for column in scaled)
    blocks = (block[:, scaled] for _, block in row_blocks(spec.arrays or [], training))
    try:
        fitted = SeriesScaler.fit(blocks, kind, names)
    except ValueError as error:
        raise ValueError(f"`targets`: {error} Or scale inputs only: scale_targets=False.") from None
    center, scale = np.zeros(len(spec.labels)), np.ones(len(spec.labels))
    center[scaled], scale[scaled] = fitted.center, fitted.scale
    return SeriesScaler(center, scale, spec.names)
