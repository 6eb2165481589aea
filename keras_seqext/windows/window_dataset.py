"""Protocol for the part of `TimeseriesWindow` that baselines and descriptions use."""

from typing import Any, Protocol

import numpy.typing as npt

from .window_index import Rows, WindowShape
from .window_source import WindowSource


class WindowDataset(Protocol):
    """A dataset of windows.

    A protocol instead of the class avoids a circular import: `TimeseriesWindow` imports the
    modules that need it.
    """

    shape: WindowShape
    source: WindowSource
    num_windows: int
    batch_size: int
    shuffle: bool
    seed: int

    def __len__(self) -> int: ...

    @property
    def num_features(self) -> int:
        """Number of columns of the inputs."""
        ...

    def ends_in_time(self, start: int, stop: int) -> Rows:
        """Return the last observed rows of windows `start:stop`, in chronological order."""
        ...

    def shape_targets(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return target values in the shape of `y`."""
        ...
