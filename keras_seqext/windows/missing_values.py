"""Handling of missing values (NaN) and rejection of infinite values."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .window_index import Rows, WindowIndex, WindowShape
from .window_source import WindowSource

Values = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

MODES = ("error", "skip", "weight", "mask")
REMEDY = (
    "Fill them first, or choose: missing='skip' leaves out the windows that contain one, "
    "'weight' replaces them by 0 and gives a window with a missing target the sample weight 0, "
    "'mask' also returns a mask of the complete time steps."
)

MESSAGES = {
    "nan": ("are missing (NaN)", REMEDY),
    "inf": (
        "are infinite, or too large for the dtype",
        "Replace them: by NaN, so that `missing` applies, or by a number; or pass dtype='float64'.",
    ),
}


def find_missing(missing: str, source: WindowSource, index: WindowIndex) -> Rows | None:
    """Check the values of all windows, and find the windows without missing values.

    Values that are read from a file are checked batch by batch instead (see `check_batch`), so
    that the file is never read as a whole, except for `"skip"`, which must read every value.

    Returns:
        The ends of the complete windows for `"skip"`, or `None` if all windows are used.

    Raises:
        ValueError: If a value is infinite or, for `"error"`, missing, or if no window is
            complete.
    """
    if missing == "skip" or source.in_memory:
        inputs = _missing_rows("data", source.inputs.rows, index, missing, source, source.columns)
        targets = None
        if source.target_store is not None:
            names = source.targets.names
            targets = _missing_rows("targets", source.target_values, index, missing, source, names)
        elif inputs is not None:
            targets = _missing_rows("data", source.target_values, index, missing, source, None)
        if inputs is not None or targets is not None:
            ends = _complete_windows(index, inputs, targets)
            if not len(ends):
                raise ValueError(
                    f"no window of `data` is complete: all {len(index)} contain a missing value. "
                    "Fill the missing values, drop the columns with the most of them, or use "
                    "missing='weight'."
                )
            return ends
    return None


def _missing_rows(
    argument: str,
    read: Callable[[Rows], Values],
    index: WindowIndex,
    missing: str,
    source: WindowSource,
    names: tuple[str, ...] | None,
    size: int = 65_536,
) -> Flags | None:
    """Return which of the rows that windows use contain NaN, or `None` if no row does."""
    flags = None
    for first, stop, _ in index.segments:
        for start in range(first, stop, size):
            values = read(np.arange(start, min(start + size, stop)))
            kind = nonfinite_kind(values)
            if not kind or (kind == "nan" and missing in ("weight", "mask")):
                continue
            if kind == "inf" or missing == "error":
                raise _error(argument, values, kind, start, source, names)
            if flags is None:
                flags = np.zeros(source.inputs.num_rows, bool)
            flags[start : start + len(values)] = np.isnan(values).any(axis=1)
    return flags


def _error(
    argument: str,
    values: Values,
    kind: str,
    start: int,
    source: WindowSource,
    names: tuple[str, ...] | None,
) -> ValueError:
    invalid = np.isinf(values) if kind == "inf" else np.isnan(values)
    row, column = (int(i) for i in np.argwhere(invalid)[0])
    first, label = next((a, name) for a, stop, name in source.bounds if start + row < stop)
    problem, remedy = MESSAGES[kind]
    return ValueError(
        f"values of `{argument}` {problem}, the first ({values[row, column]}) in row "
        f"{start + row - first} of {label}, column "
        f"{names[column] if names else column!r}. {remedy}"
    )


def check_batch(x: Values, y: Values, ends: Rows, shape: WindowShape, missing: str) -> None:
    """Raise if a batch read from a file contains an infinite value or, for `"error"`, a NaN."""
    for name, values in (("inputs", x), ("targets", y)):
        kind = nonfinite_kind(values)
        if kind == "inf" or (kind == "nan" and missing == "error"):
            flat = values.reshape(len(values), -1)
            invalid = np.isinf(flat) if kind == "inf" else np.isnan(flat)
            end = int(ends[np.argwhere(invalid)[0, 0]])
            problem, remedy = MESSAGES[kind]
            raise ValueError(
                f"values {problem} in the {name} of the window that ends on row {end} "
                f"(rows {end - shape.lookback + shape.step} to "
                f"{end + shape.delay + shape.horizon - 1}). {remedy}"
            )


def _complete_windows(
    index: WindowIndex, missing_inputs: Flags | None, missing_targets: Flags | None
) -> Rows:
    """Return the ends of the windows of `index` that contain no missing value.

    The number of missing rows in a window is a difference of two cumulative counts, so the cost
    per window does not depend on its length.
    """
    shape = index.shape
    inputs = None if missing_inputs is None else _phase_counts(missing_inputs, shape.step)
    targets = None if missing_targets is None else _phase_counts(missing_targets, 1)
    parts = []
    for start in range(0, len(index), 262_144):
        ends = index.ends(np.arange(start, min(start + 262_144, len(index))))
        complete = np.ones(len(ends), bool)
        if inputs is not None:
            complete &= inputs[ends + shape.step] == inputs[ends + shape.step - shape.lookback]
        if targets is not None:
            first = ends + shape.delay
            complete &= targets[first + shape.horizon] == targets[first]
        parts.append(ends[complete])
    return np.concatenate(parts)


def _phase_counts(flags: Flags, step: int) -> Rows:
    """Return cumulative counts: entry `r + step` counts the flags of `r, r - step, ...`."""
    # One row of the two-dimensional view per `step` rows, one column per phase `r % step`. The
    # `step` zeros in front make the count before the first row available.
    padded = np.zeros(step + -(-len(flags) // step) * step, np.int64)
    padded[step : step + len(flags)] = flags
    return np.cumsum(padded.reshape(-1, step), axis=0).reshape(-1)


def add_sample_weight(x: Values, y: Values, with_mask: bool) -> tuple[Any, ...]:
    """Return a batch with NaN replaced by 0, a weight per window and, if requested, a mask.

    The arrays `x` and `y` are changed in place.
    """
    targets, inputs = np.isnan(y), np.isnan(x)
    weight = (~targets.reshape(len(y), -1).any(axis=1)).astype(np.float32)
    y[targets] = 0
    x[inputs] = 0
    if with_mask:
        return {"values": x, "mask": ~inputs.any(axis=-1)}, y, weight
    return x, y, weight


def nonfinite_kind(values: Values) -> str:
    """Return `"inf"` or `"nan"` if any value is infinite or NaN, and an empty string otherwise."""
    flat = values.reshape(-1)
    if values.dtype.kind != "f":
        return ""
    # The sum of squares is finite only if every value is. It takes one pass without a temporary
    # array, which is faster than `np.isfinite`. Finite values can overflow it, so a sum that is
    # not finite is followed by the exact tests.
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.dot(flat, flat)
    if np.isfinite(total):
        return ""
    return "inf" if np.isinf(flat).any() else "nan" if np.isnan(flat).any() else ""
