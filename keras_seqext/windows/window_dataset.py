"""The part of `TimeseriesWindow` that baselines and descriptions read."""

from typing import Any, Protocol

import numpy.typing as npt

from .window_index import Rows, WindowShape
from .window_source import WindowSource


class WindowDataset(Protocol):
    """A dataset of windows; a protocol, so that what `TimeseriesWindow` imports need not import it."""

    shape: WindowShape
    source: WindowSource
    num_windows: int
    batch_size: int
    shuffle: bool
    seed: int

    def __len__(self) -> int: ...

    @property
    def num_features(self) -> int:
        """Columns of the inputs."""
        ...

    def ends_in_time(self, start: int, stop: int) -> Rows:
        """Return the last observed rows of windows `start:stop`, in the order of time."""
        ...

    def shape_targets(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return target values in the shape of `y`."""
        ...
