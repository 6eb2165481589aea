"""Arithmetic of windows: the rows of each window, without any data.

A window that ends on row `e`, its last observed row, has these rows:

    inputs    e - lookback + step, ..., e - step, e          (lookback // step rows)
    targets   e + delay, ..., e + delay + horizon - 1        (horizon rows)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from keras_seqext._common.validation import checked_integer

Rows: TypeAlias = npt.NDArray[np.int64]


class Segment(NamedTuple):
    """A contiguous range of rows without a gap; a window lies inside one segment.

    Args:
        first: First row that may be an input.
        stop: One past the last row that may be a target.
        first_target: First row that may be a target. It is larger than `first` if inputs may
            reach back into the previous part of a split.
    """

    first: int
    stop: int
    first_target: int


@dataclass(frozen=True)
class WindowShape:
    """Sizes of a window, in rows.

    Args:
        lookback: Length of the observed part, up to and including the last observed row.
        delay: Distance from the last observed row to the first target.
        step: Distance of neighbouring inputs.
        horizon: Number of consecutive target rows.
        stride: Distance of the ends of neighbouring windows.

    Raises:
        ValueError: If a size is out of range, or `step` does not divide `lookback`.
    """

    lookback: int
    delay: int
    step: int = 1
    horizon: int = 1
    stride: int = 1

    def __post_init__(self) -> None:
        for name, least in (
            ("lookback", 1),
            ("delay", 0),
            ("step", 1),
            ("horizon", 1),
            ("stride", 1),
        ):
            value = checked_integer(name, getattr(self, name), least)
            object.__setattr__(self, name, value)
        if self.lookback % self.step:
            low = self.lookback - self.lookback % self.step
            nearest = [n for n in (low, low + self.step) if n]
            raise ValueError(
                f"`lookback` must be a multiple of `step`. Received: lookback={self.lookback}, "
                f"step={self.step}, and {self.lookback} % {self.step} = "
                f"{self.lookback % self.step}. Use lookback={' or '.join(map(str, nearest))}."
            )

    @property
    def num_inputs(self) -> int:
        """Number of time steps in the inputs of one window."""
        return self.lookback // self.step

    @property
    def num_rows(self) -> int:
        """Number of rows from the first row of the lookback to the last target."""
        return self.lookback + self.delay + self.horizon - 1

    def input_rows(self, ends: Rows) -> Rows:
        """Return the rows of the inputs, of shape `(windows, lookback // step)`."""
        return ends[:, None] + np.arange(self.step - self.lookback, 1, self.step)

    def target_rows(self, ends: Rows) -> Rows:
        """Return the rows of the targets, of shape `(windows, horizon)`."""
        return ends[:, None] + np.arange(self.delay, self.delay + self.horizon)


class WindowIndex:
    """All windows of one or more segments, in order, addressed by position.

    The windows are computed, not stored: memory grows with the number of segments only.

    Args:
        shape: Sizes of a window.
        segments: Ranges of rows; every window lies inside one of them.

    Raises:
        ValueError: If no segment is long enough for one window.

    >>> index = WindowIndex(WindowShape(lookback=3, delay=2), [Segment(0, 8, 0)])
    >>> len(index), index.ends(np.arange(len(index)))
    (4, array([2, 3, 4, 5]))
    """

    def __init__(self, shape: WindowShape, segments: Sequence[Segment]) -> None:
        self.shape = shape
        self.segments = tuple(segments)
        starts, counts = [], []
        for first, stop, first_target in self.segments:
            # The first window must contain a whole lookback, and its first target must be allowed.
            start = max(first + shape.lookback - 1, first_target - shape.delay)
            last = stop - shape.delay - shape.horizon  # its last target is row `stop - 1`
            starts.append(start)
            counts.append(max(0, (last - start) // shape.stride + 1))
        # Segment `i` has the windows at positions `_edges[i]` to `_edges[i + 1] - 1`; the first of
        # them ends on row `_starts[i]`. An empty segment has two equal edges.
        self._starts = np.array(starts, np.int64)
        self._edges = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        if not self._edges[-1]:
            raise ValueError(self._too_short())

    def __len__(self) -> int:
        return int(self._edges[-1])

    def ends(self, positions: Rows) -> Rows:
        """Return the last observed row of the windows at `positions`."""
        if len(self._starts) == 1:  # the common case, without a search
            return int(self._starts[0]) + positions * self.shape.stride
        # `side="right"` skips empty segments: it finds the last edge that is <= the position.
        segment = np.searchsorted(self._edges, positions, side="right") - 1
        ends: Rows = self._starts[segment] + (positions - self._edges[segment]) * self.shape.stride
        return ends

    def _too_short(self) -> str:
        shape = self.shape
        longest = max((seg.stop - seg.first for seg in self.segments), default=0)
        return (
            "no window fits. A window needs lookback + delay + horizon - 1 = "
            f"{shape.lookback} + {shape.delay} + {shape.horizon} - 1 = {shape.num_rows} "
            f"consecutive rows, and the longest of the {len(self.segments)} contiguous segments "
            f"of `data` has {longest}. "
            "Use a smaller `lookback`, `delay` or `horizon`, more data, or fill the gaps."
        )


def checked_batch(index: int, count: int) -> int:
    """Return the index of a batch as a non-negative integer; negative indices count from the end.

    Raises:
        TypeError: If `index` is not an integer.
        IndexError: If there is no such batch.
    """
    if not isinstance(index, (int, np.integer)):
        raise TypeError(
            f"batches are addressed by an integer. Received: {index!r} (of type "
            f"{type(index).__name__}). Pass an integer, 0 to {count - 1}."
        )
    if not -count <= index < count:
        raise IndexError(
            f"batch {index} does not exist: there are {count} batches, 0 to {count - 1}."
        )
    return index % count
