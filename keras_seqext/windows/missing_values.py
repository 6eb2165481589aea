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


def look_for(missing: str, source: WindowSource, index: WindowIndex) -> Rows | None:
    """Refuses or leaves out missing values, as `missing` says.

    Returns:
        Ends of the complete windows for `"skip"`, if not all are complete; else `None`.

    Raises:
        ValueError: For `"error"`, if a value is missing. What is read from a file is not
            searched here but batch by batch, so that it is never read as a whole.
    """
    if missing == "skip" or (missing == "error" and source.in_memory):
        inputs = _missing_rows(source.inputs.rows, index, missing, source, source.columns)
        targets = None
        if source.target_store is not None:
            names = source.targets.names
            targets = _missing_rows(source.target_values, index, missing, source, names)
        elif inputs is not None:
            targets = _missing_rows(source.target_values, index, missing, source, None)
        if inputs is not None or targets is not None:
            ends = _complete_windows(index, inputs, targets)
            if not len(ends):
                raise ValueError(
                    f"no window is complete: all {len(index)} touch a missing value. Fill the "
                    "missing values, drop the columns that hold most, or use missing='weight'."
                )
            return ends
    return None


def _missing_rows(
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
            if not has_missing(values):
                continue
            if missing == "error":
                raise _refusal(values, start, source, names)
            if flags is None:
                flags = np.zeros(source.inputs.num_rows, bool)
            flags[start : start + len(values)] = np.isnan(values).any(axis=1)
    return flags


def _refusal(
    values: Values, start: int, source: WindowSource, names: tuple[str, ...] | None
) -> ValueError:
    row, column = (int(i) for i in np.argwhere(np.isnan(values))[0])
    first, label = next((a, name) for a, stop, name in source.bounds if start + row < stop)
    return ValueError(
        f"values are missing (NaN), the first in row {start + row - first} of {label}, column "
        f"{names[column] if names else column!r}. {REMEDY}"
    )


def refuse_in_batch(x: Values, y: Values, ends: Rows, shape: WindowShape) -> None:
    """Raises if a batch read from a file holds a NaN."""
    for what, values in (("inputs", x), ("targets", y)):
        if has_missing(values):
            window = int(np.argwhere(np.isnan(values.reshape(len(values), -1)))[0, 0])
            end = int(ends[window])
            raise ValueError(
                f"values are missing (NaN) in the {what} of the window that ends on row {end} "
                f"(rows {end - shape.lookback + shape.step} to "
                f"{end + shape.delay + shape.horizon - 1}). {REMEDY}"
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


def weigh(x: Values, y: Values, with_mask: bool) -> tuple[Any, ...]:
    """A batch with NaN made 0, a weight a window, and a mask of the steps if asked for."""
    targets, inputs = np.isnan(y), np.isnan(x)
    weight = (~targets.reshape(len(y), -1).any(axis=1)).astype(np.float32)
    y[targets] = 0
    x[inputs] = 0
    if with_mask:
        return {"values": x, "mask": ~inputs.any(axis=-1)}, y, weight
    return x, y, weight


def has_missing(values: Values) -> bool:
    """Whether any value is NaN; a dot product asks faster than a comparison of each."""
    flat = values.reshape(-1)
    if values.dtype.kind != "f":
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.dot(flat, flat)
    return not np.isfinite(total) and bool(np.isnan(flat).any())
