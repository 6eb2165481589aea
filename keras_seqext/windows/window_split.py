"""Training, validation and test windows that cannot leak into one another."""

import inspect
from collections.abc import Callable
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

from .series_input import SeriesInput, read_input
from .series_scaler import KINDS, SeriesScaler, checked_scaler
from .window_index import Segment
from .window_source import WindowSource, checked_dtype, make_source, read_targets, row_blocks

Dataset = TypeVar("Dataset")

PARTS = ("train", "validation", "test")


class WindowSplit(NamedTuple, Generic[Dataset]):
    """Three datasets that follow one another in time and share one scaler."""

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
    scaler: str | SeriesScaler | None,
    options: dict[str, Any],
) -> WindowSplit[Dataset]:
    """See `TimeseriesWindow.split`."""
    options = dict(options)
    known = set(inspect.signature(cls.__init__).parameters) - {"self", "data", "targets"}
    for name in options:
        if name not in known:
            raise unknown_argument(f"{cls.__name__}.split", name, options[name], known)
    series = read_input(data, options.pop("groups", None), options.pop("timestamps", None))
    edges = _edges(series, [_cut_rows(part, cut) for part in series.series])
    apart, margin = _checked_embargo(embargo)
    training = [(first, first_cut) for first, first_cut, *_ in edges]
    spec = read_targets(targets, series)
    fitted, target_scaler = _fit(scaler, series, spec, training)
    source = make_source(
        series,
        spec,
        checked_integer("step", options.get("step", 1), 1),
        checked_dtype(options["dtype"]),
        fitted,
        target_scaler,
    )
    source.train_target_mean = _training_mean(source, training)
    make: Callable[..., Dataset] = cls
    parts = []
    seed = options.pop("seed", None)
    for position, name in enumerate(PARTS):
        segments = _part_segments(source, edges, position, apart, margin)
        if position:
            options["shuffle"] = options["drop_remainder"] = False
        try:
            parts.append(make((source, segments), seed=seed, **options))
        except ValueError as error:
            given = [key for key, value in cut.items() if value is not None] or ["fractions"]
            raise ValueError(
                f"{name} part: {error} The parts are cut by `{given[0]}`="
                f"{format_value(cut[given[0]] or (0.5, 0.25, 0.25))}, with `embargo`={embargo}."
            ) from None
    return WindowSplit(*parts)


def _checked_embargo(embargo: bool | int) -> tuple[bool, int]:
    """Whether inputs stay inside their part, and how many rows are left out after a cut."""
    if isinstance(embargo, (bool, np.bool_)):
        return bool(embargo), 0
    return True, checked_integer("embargo", embargo, 0)


def _cut_rows(series: Any, cut: dict[str, Any]) -> tuple[int, int]:
    """First rows of validation and of test, within one series."""
    given = [name for name, value in cut.items() if value is not None]
    if len(given) > 1:
        raise ValueError(
            f"pass one of `fractions`, `indices` and `dates`, not several. Received: {given}."
        )
    rows = len(series.values)
    if cut["dates"] is not None:
        first, second = _at_dates(series, cut["dates"])
    elif cut["indices"] is not None:
        first, second = _pair("indices", cut["indices"])
        first = checked_integer("indices", first, 1)
        second = checked_integer("indices", second, 1)
    else:
        shares = _shares((0.5, 0.25, 0.25) if cut["fractions"] is None else cut["fractions"])
        # Shares like 0.6 + 0.2 are a hair off: without rounding a row would change sides.
        first, second = (int(np.floor(rows * share + 1e-9)) for share in shares.cumsum()[:2])
    if not 0 <= first <= second <= rows or (cut["dates"] is None and not 0 < first < second < rows):
        raise ValueError(
            f"`{given[0] if given else 'fractions'}` must cut {series.label} twice inside its "
            f"{rows} rows. Received: cuts at rows {first} and {second}. Pass two places that "
            f"increase, from 1 to {rows - 1}."
        )
    return first, second


def _shares(fractions: Any) -> npt.NDArray[np.float64]:
    """Three positive numbers whose sum is 1."""
    expected = "three positive shares (train, validation, test) whose sum is 1"
    remedy = "Pass e.g. (0.5, 0.25, 0.25)."
    try:
        shares = np.asarray(fractions, np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise wrong_type("fractions", fractions, expected, remedy) from None
    if len(shares) != 3 or not (shares > 0).all() or abs(shares.sum() - 1) > 1e-6:
        raise wrong_value("fractions", fractions, f"{expected} (here {shares.sum():g})", remedy)
    return shares


def _pair(name: str, values: Any) -> tuple[Any, Any]:
    pair = isinstance(values, (list, tuple, np.ndarray)) or hasattr(values, "to_numpy")
    if not pair or len(values) != 2:
        raise wrong_value(
            name,
            values,
            "a pair: where validation begins and where test begins",
            f"Pass {name}=(first of validation, first of test).",
        )
    first, second = values
    return first, second


def _at_dates(series: Any, dates: Any) -> tuple[int, int]:
    first, second = _pair("dates", dates)
    if series.stamps is None:
        raise ValueError(
            f"`dates` needs time stamps, and {series.label} has none. Pass `timestamps`, or cut by "
            "`fractions` or `indices`."
        )
    stamps = np.asarray(series.stamps)
    if stamps.dtype.kind == "M":
        try:
            first, second = np.datetime64(first), np.datetime64(second)
        except (ValueError, TypeError):
            raise wrong_value(
                "dates", dates, "two dates", "Pass strings such as '2013-07-01', or datetime64."
            ) from None
    elif not all(isinstance(date, (int, float, np.number)) for date in (first, second)):
        raise wrong_type(
            "dates", dates, "two numbers, as the time stamps are", "Pass numbers, not dates."
        )
    if not first < second:
        raise wrong_value(
            "dates", dates, "two dates that increase", "Put the first of validation first."
        )
    return int(np.searchsorted(stamps, first)), int(np.searchsorted(stamps, second))


def _edges(series: SeriesInput, cuts: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Begin, first cut, second cut and end of each series, in joined rows."""
    edges, offset = [], 0
    for part, (first, second) in zip(series.series, cuts, strict=True):
        rows = len(part.values)
        edges.append((offset, offset + first, offset + second, offset + rows))
        offset += rows
    return edges


def _part_segments(
    source: WindowSource,
    edges: list[tuple[int, int, int, int]],
    position: int,
    apart: bool,
    margin: int,
) -> list[Segment]:
    """Unbroken stretches of one part; with `apart` its inputs stay inside it as well."""
    segments = []
    for first, stop in source.segments:
        begin = next(edge for edge in edges if edge[0] <= first < edge[3])
        low = begin[position] + (margin if position else 0)
        high = begin[position + 1]
        if max(first, low) < min(stop, high):
            oldest = max(first, low) if apart else first
            segments.append(Segment(oldest, min(stop, high), max(first, low)))
    return segments


def _fit(
    scaler: str | SeriesScaler | None,
    series: SeriesInput,
    spec: Any,
    training: list[tuple[int, int]],
) -> tuple[SeriesScaler | None, SeriesScaler | None]:
    """Scalers of the columns and of target arrays, from the training rows alone."""
    if scaler is None or isinstance(scaler, SeriesScaler):
        checked_scaler(scaler, series.num_columns)
        return scaler, None
    scaler = checked_choice(
        "scaler", scaler, KINDS, "Pass 'standard', 'robust', a fitted SeriesScaler, or None."
    )
    if scaler == "robust" and not series.in_memory:
        raise ValueError(
            "scaler='robust' sorts each column, so `data` must be in memory; here it is read from "
            "where it lies. Use scaler='standard', or load it."
        )

    def fit(parts: list[Any], names: tuple[str, ...] | None) -> SeriesScaler:
        blocks = (block for _, block in row_blocks(parts, training))
        return SeriesScaler.fit(blocks, scaler, names)

    fitted = fit([part.values for part in series.series], series.columns)
    arrays = spec.arrays
    if arrays is None or getattr(arrays[0], "dtype", np.dtype(float)).kind != "f":
        return fitted, None
    return fitted, fit(arrays, spec.names)


def _training_mean(
    source: WindowSource, training: list[tuple[int, int]]
) -> npt.NDArray[Any] | None:
    """Mean of each target over the training rows; `None` where that means reading a file."""
    if not source.in_memory:
        return None
    rows = np.concatenate([np.arange(first, stop) for first, stop in training])
    values = source.unscaled_targets(source.target_values(rows)).astype(np.float64)
    known = ~np.isnan(values)
    mean: npt.NDArray[Any] = np.where(known, values, 0).sum(axis=0) / np.maximum(
        known.sum(axis=0), 1
    )
    return mean
