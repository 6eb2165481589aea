"""Rows in a file, read window by window or in blocks."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .mapped_files import FileRegion, file_region
from .series_scaler import SeriesScaler
from .window_index import Rows, WindowShape

Values = npt.NDArray[Any]

# A read call of HDF5 or zarr costs as much as reading a few rows, so rows that lie between two
# windows are read as well if they are about as few as those of a window.
_SLACK = 16
_BLOCK = 65_536


class StreamedRows:
    """Rows in a file (a memory map, HDF5, zarr), of which only windows are read.

    A pickled memory map contains the name of its file instead of the rows.

    Args:
        parts: Objects with a `shape` that can be sliced by rows, joined in order.
        dtype: Floating dtype of the returned arrays.
        scaler: Applied to each batch.
    """

    def __init__(
        self, parts: Sequence[Any], dtype: str, scaler: SeriesScaler | None = None
    ) -> None:
        # A plain array over the same memory: slicing it takes a tenth of the time of `np.memmap`.
        self._parts = [np.asarray(p) if isinstance(p, np.memmap) else p for p in parts]
        self._edges = np.concatenate([[0], np.cumsum([int(p.shape[0]) for p in parts])])
        self._in_slices = np.array([not isinstance(p, np.ndarray) for p in self._parts])
        self.num_rows = int(self._edges[-1])
        self._one_dimensional = len(self._parts[0].shape) == 1
        self.num_columns = 1 if self._one_dimensional else int(self._parts[0].shape[1])
        self.dtype = dtype
        self._scaler = scaler

    @property
    def nbytes(self) -> int:
        """0, because no rows are in memory."""
        return 0

    def windows(self, ends: Rows, shape: WindowShape) -> Values:
        """Read the inputs of windows; see `RowStore`."""
        return self._read(ends - shape.lookback + shape.step, shape.num_inputs, shape.step)

    def rows(self, rows: Rows, columns: tuple[int, ...] | None = None) -> Values:
        """Read rows; see `RowStore`."""
        # The targets of neighbouring windows overlap: read each row once.
        distinct, position = np.unique(rows, return_inverse=True)
        found = self._read(distinct, 1, 1)[:, 0]
        if columns is not None:
            found = found[:, list(columns)]
        return found[position.reshape(rows.shape)]

    def _read(self, starts: Rows, count: int, step: int) -> Values:
        # Scaling takes place in float64: float32 rounds a center near 1e9 by up to 64.
        dtype = self.dtype if self._scaler is None else "float64"
        out = np.empty((len(starts), count, self.num_columns), dtype)
        length = (count - 1) * step + 1
        order = np.argsort(starts, kind="stable")
        ordered = starts[order]
        for run, number in self._runs(ordered, length):
            local = ordered[run] - self._edges[number]
            self._copy(out, order[run], self._parts[number], local, length, step)
        if self._scaler is None:
            return out
        out -= self._scaler.center
        out /= self._scaler.scale
        return out.astype(self.dtype)

    def _runs(self, starts: Rows, length: int) -> list[tuple[slice, int]]:
        """Divide sorted windows into runs that are read at once, each with its part's number."""
        numbers = np.searchsorted(self._edges, starts, side="right") - 1
        apart = np.diff(starts) > 2 * length + _SLACK
        apart |= np.diff(starts // _BLOCK) > 0  # a file is never read as a whole
        apart &= self._in_slices[numbers[1:]]
        apart |= np.diff(numbers) > 0
        edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(starts)]
        firsts = numbers[edges[:-1]].tolist()
        runs = zip(edges[:-1], edges[1:], firsts, strict=True)
        return [(slice(first, stop), number) for first, stop, number in runs]

    def _copy(
        self, out: Values, windows: Rows, part: Any, starts: Rows, length: int, step: int
    ) -> None:
        """Copy the windows of one run from `part` to `out`."""
        first, stop = int(starts[0]), int(starts[-1]) + length
        if not isinstance(part, np.ndarray):
            # Slices only: HDF5 and zarr read them faster than lists of rows, and some sources
            # support nothing else. The rows between the steps of several windows are needed.
            alone = len(starts) == 1
            part = np.asarray(part[first : stop : step if alone else 1])
            step = 1 if alone else step
            starts = starts - first
        rows = part[:, None] if self._one_dimensional else part
        if length == 1:
            out[windows, 0] = rows[starts]
            return
        size = out.shape[1]
        for window, start in zip(windows.tolist(), starts.tolist(), strict=True):
            out[window] = rows[start : start + (size - 1) * step + 1 : step]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_parts": [file_region(part) or part for part in self._parts]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._parts = [p.open() if isinstance(p, FileRegion) else p for p in self._parts]
