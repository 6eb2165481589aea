"""Which rows each window reads: arithmetic only, no data.

Rows of a window that ends on row `e`, its last observed row:

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
    """Consecutive rows that windows may use together.

    Args:
        first: First row an input may come from.
        stop: One past the last row a target may come from.
        first_target: First row a target may come from; `first` when every
            row is free to be a target.
    """

    first: int
    stop: int
    first_target: int


@dataclass(frozen=True)
class WindowShape:
    """How far a window reaches, in rows.

    Args:
        lookback: Rows between the oldest input (exclusive) and the last observed row.
        delay: Rows from the last observed row to the first target.
        step: Rows between neighbouring inputs.
        horizon: Consecutive target rows.
        stride: Rows between the ends of neighbouring windows.

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
        """Time steps in the input of one window."""
        return self.lookback // self.step

    @property
    def num_rows(self) -> int:
        """Rows from the first of the lookback to the last target."""
        return self.lookback + self.delay + self.horizon - 1

    def input_rows(self, ends: Rows) -> Rows:
        """Rows of the inputs, `(windows, lookback // step)`."""
        return ends[:, None] + np.arange(self.step - self.lookback, 1, self.step)

    def target_rows(self, ends: Rows) -> Rows:
        """Rows of the targets, `(windows, horizon)`."""
        return ends[:, None] + np.arange(self.delay, self.delay + self.horizon)


class WindowIndex:
    """All windows of one or more segments, addressed by position.

    Takes memory per segment, not per window.

    Args:
        shape: How far a window reaches.
        segments: Row ranges that no window may leave.

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
            start = max(first + shape.lookback - 1, first_target - shape.delay)
            last = stop - shape.delay - shape.horizon  # the last end whose targets all exist
            starts.append(start)
            counts.append(max(0, (last - start) // shape.stride + 1))
        self._starts = np.array(starts, np.int64)
        self._edges = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        if not self._edges[-1]:
            raise ValueError(self._too_short())

    def __len__(self) -> int:
        return int(self._edges[-1])

    def ends(self, positions: Rows) -> Rows:
        """The last observed row of the windows at `positions`."""
        if len(self._starts) == 1:
            return int(self._starts[0]) + positions * self.shape.stride
        segment = np.searchsorted(self._edges, positions, side="right") - 1
        ends: Rows = self._starts[segment] + (positions - self._edges[segment]) * self.shape.stride
        return ends

    def _too_short(self) -> str:
        s = self.shape
        longest = max((seg.stop - seg.first for seg in self.segments), default=0)
        return (
            "no window fits. A window needs lookback + delay + horizon - 1 = "
            f"{s.lookback} + {s.delay} + {s.horizon} - 1 = {s.num_rows} consecutive rows, and the "
            f"longest of the {len(self.segments)} unbroken stretches of `data` has {longest}. "
            "Use a smaller `lookback`, `delay` or `horizon`, more data, or fill the gaps."
        )


def checked_batch(index: int, count: int) -> int:
    """The number of a batch, counted from the end where negative, or an error."""
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
