"""What to do where a value is NaN: never pass it on unseen."""

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
    "Fill them before, or choose: missing='skip' leaves out the windows that touch one, "
    "'weight' makes them 0 and gives a window without its target the sample weight 0, 'mask' "
    "also returns which time steps are complete."
)

FAULTS = {
    "nan": ("are missing (NaN)", REMEDY),
    "inf": (
        "are infinite, or too large for the dtype",
        "Replace them: by NaN, so that `missing` applies, or by a number; or pass dtype='float64'.",
    ),
}


def find_missing(missing: str, source: WindowSource, index: WindowIndex) -> Rows | None:
    """Refuses infinite values, and refuses or leaves out missing ones, as `missing` says.

    Returns:
        Ends of the complete windows for `"skip"`, if not all are complete; else `None`.

    Raises:
        ValueError: If a value is infinite or, for `"error"`, missing. What is read from a
            file is not searched here but batch by batch, so that it is never read as a whole.
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
                    f"no window of `data` is complete: all {len(index)} touch a missing value. "
                    "Fill the missing values, drop the columns that hold most, or use "
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
    """Rows with a NaN among those that windows may use, or `None` if there is none."""
    flags = None
    for first, stop, _ in index.segments:
        for start in range(first, stop, size):
            values = read(np.arange(start, min(start + size, stop)))
            fault = not_finite(values)
            if not fault or (fault == "nan" and missing in ("weight", "mask")):
                continue
            if fault == "inf" or missing == "error":
                raise _refusal(argument, values, fault, start, source, names)
            if flags is None:
                flags = np.zeros(source.inputs.num_rows, bool)
            flags[start : start + len(values)] = np.isnan(values).any(axis=1)
    return flags


def _refusal(
    argument: str,
    values: Values,
    fault: str,
    start: int,
    source: WindowSource,
    names: tuple[str, ...] | None,
) -> ValueError:
    wrong = np.isinf(values) if fault == "inf" else np.isnan(values)
    row, column = (int(i) for i in np.argwhere(wrong)[0])
    first, label = next((a, name) for a, stop, name in source.bounds if start + row < stop)
    what, remedy = FAULTS[fault]
    return ValueError(
        f"values of `{argument}` {what}, the first ({values[row, column]}) in row "
        f"{start + row - first} of {label}, column "
        f"{names[column] if names else column!r}. {remedy}"
    )


def refuse_in_batch(x: Values, y: Values, ends: Rows, shape: WindowShape, missing: str) -> None:
    """Raises if a batch read from a file holds an infinite value, or for `"error"` a NaN."""
    for what, values in (("inputs", x), ("targets", y)):
        fault = not_finite(values)
        if fault == "inf" or (fault == "nan" and missing == "error"):
            flat = values.reshape(len(values), -1)
            wrong = np.isinf(flat) if fault == "inf" else np.isnan(flat)
            end = int(ends[np.argwhere(wrong)[0, 0]])
            says, remedy = FAULTS[fault]
            raise ValueError(
                f"values {says} in the {what} of the window that ends on row {end} "
                f"(rows {end - shape.lookback + shape.step} to "
                f"{end + shape.delay + shape.horizon - 1}). {remedy}"
            )


def _complete_windows(
    index: WindowIndex, missing_inputs: Flags | None, missing_targets: Flags | None
) -> Rows:
    """Ends of the windows of `index` that touch no missing value."""
    shape = index.shape
    inputs = None if missing_inputs is None else _phase_counts(missing_inputs, shape.step)
    targets = None if missing_targets is None else _phase_counts(missing_targets, 1)
    kept = []
    for start in range(0, len(index), 262_144):
        ends = index.ends(np.arange(start, min(start + 262_144, len(index))))
        complete = np.ones(len(ends), bool)
        if inputs is not None:
            complete &= inputs[ends + shape.step] == inputs[ends + shape.step - shape.lookback]
        if targets is not None:
            first = ends + shape.delay
            complete &= targets[first + shape.horizon] == targets[first]
        kept.append(ends[complete])
    return np.concatenate(kept)


def _phase_counts(flags: Flags, step: int) -> Rows:
    """Entry `r + step` counts the flags in rows `r, r - step, r - 2 step, ...`."""
    padded = np.zeros(step + -(-len(flags) // step) * step, np.int64)
    padded[step : step + len(flags)] = flags
    return np.cumsum(padded.reshape(-1, step), axis=0).reshape(-1)


def add_sample_weight(x: Values, y: Values, with_mask: bool) -> tuple[Any, ...]:
    """A batch with NaN made 0, a weight a window, and a mask of the steps if asked for."""
    targets, inputs = np.isnan(y), np.isnan(x)
    weight = (~targets.reshape(len(y), -1).any(axis=1)).astype(np.float32)
    y[targets] = 0
    x[inputs] = 0
    if with_mask:
        return {"values": x, "mask": ~inputs.any(axis=-1)}, y, weight
    return x, y, weight


def not_finite(values: Values) -> str:
    """`"inf"` or `"nan"` if any value is; a dot product asks faster than a comparison of each."""
    flat = values.reshape(-1)
    if values.dtype.kind != "f":
        return ""
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.dot(flat, flat)
    if np.isfinite(total):
        return ""
    return "inf" if np.isinf(flat).any() else "nan" if np.isnan(flat).any() else ""
