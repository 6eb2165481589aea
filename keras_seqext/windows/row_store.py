"""Where the rows are kept, and how a batch of windows is copied out of them."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from .series_scaler import SeriesScaler
from .window_index import Rows, WindowShape

Values = npt.NDArray[Any]


class RowStore(Protocol):
    """What a window dataset needs from its data."""

    num_rows: int
    num_columns: int
    dtype: str

    @property
    def nbytes(self) -> int:
        """Bytes of rows held in memory."""

    def windows(self, ends: Rows, shape: WindowShape) -> Values:
        """Inputs of the windows that end on `ends`, `(windows, steps, columns)`, newly made."""

    def rows(self, rows: Rows, columns: tuple[int, ...] | None = None) -> Values:
        """The given rows, in any shape, with an axis of the columns added; newly made."""


class PhasedRows:
    """Rows in memory, interleaved so that every window is one block.

    Row `r` is stored in phase `r % step`. The inputs of a window lie `step` rows apart,
    so they follow one another in their phase: a shuffled batch becomes a few straight
    copies, as fast as memory allows, where gathering rows would touch each one apart.

    Args:
        parts: Arrays of shape `(rows, columns)`, joined in order. With one part, `step == 1`
            and the right dtype nothing is copied.
        step: Rows between neighbouring inputs.
        dtype: Floating dtype of what is stored.
        scaler: Applied to what is stored.
    """

    def __init__(
        self, parts: Sequence[Values], step: int, dtype: str, scaler: SeriesScaler | None = None
    ) -> None:
        self.num_rows = sum(len(part) for part in parts)
        self.num_columns = parts[0].shape[1]
        self.dtype = dtype
        self._step = step
        self._phase_rows = -(-self.num_rows // step)
        self._views: Values | None = None
        if step == 1 and len(parts) == 1 and scaler is None:
            self._flat = np.ascontiguousarray(parts[0], dtype).reshape(-1)
        else:
            self._flat = self._interleave(parts, dtype, scaler)

    @property
    def nbytes(self) -> int:
        """See `RowStore`."""
        return int(self._flat.nbytes)

    def _interleave(
        self, parts: Sequence[Values], dtype: str, scaler: SeriesScaler | None
    ) -> Values:
        # NumPy asks for huge pages for `np.empty` alone, not `np.zeros`, and random blocks out of
        # them are copied a sixth faster. The last row of some phases stays unused.
        phases = np.empty((self._step, self._phase_rows, self.num_columns), dtype)
        phases[:, -1] = 0
        offset = 0
        for part in parts:
            for phase in range(self._step):
                skip = (phase - offset) % self._step
                rows = part[skip :: self._step]
                start = (offset + skip) // self._step
                scaled = rows if scaler is None else scaler.transform(rows)
                phases[phase, start : start + len(rows)] = scaled
            offset += len(part)
        return phases.reshape(-1)

    def windows(self, ends: Rows, shape: WindowShape) -> Values:
        """See `RowStore`."""
        blocks = self._blocks(shape.num_inputs * self.num_columns)
        first = self._place(ends) - shape.num_inputs + 1
        # Indexing copies each block whole; `np.take` would first copy the overlapping view.
        copied: Values = blocks[first * self.num_columns]
        return copied.reshape(len(ends), shape.num_inputs, self.num_columns)

    def rows(self, rows: Rows, columns: tuple[int, ...] | None = None) -> Values:
        """See `RowStore`."""
        found: Values
        if columns is None:
            found = np.take(self._flat.reshape(-1, self.num_columns), self._place(rows), axis=0)
        else:
            first = self._place(rows)[..., None] * self.num_columns
            found = np.take(self._flat, first + np.array(columns, np.int64))
        return found

    def _blocks(self, width: int) -> Values:
        """Every `width` numbers in a row, overlapping; slow to make, so made once."""
        if self._views is None or self._views.shape[1] != width:
            self._views = np.lib.stride_tricks.sliding_window_view(self._flat, width)
        return self._views

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_views": None}  # pickled, each view would become a copy

    def _place(self, rows: Rows) -> Rows:
        if self._step == 1:
            return rows
        turn, phase = np.divmod(rows, self._step)
        return phase * self._phase_rows + turn


class StreamedRows:
    """Rows left where they are (a memory map, HDF5, zarr); only windows are read.

    Args:
        parts: Objects with `shape` and slicing by rows, joined in order.
        dtype: Floating dtype of what is returned.
        scaler: Applied to each batch.
    """

    def __init__(
        self, parts: Sequence[Any], dtype: str, scaler: SeriesScaler | None = None
    ) -> None:
        # A bare array over the same map: slicing it costs a tenth of slicing `np.memmap`.
        self._parts = [np.asarray(p) if isinstance(p, np.memmap) else p for p in parts]
        self._edges = np.concatenate([[0], np.cumsum([len(p) for p in self._parts])])
        self.num_rows = int(self._edges[-1])
        self._one_dimensional = len(self._parts[0].shape) == 1
        self.num_columns = 1 if self._one_dimensional else int(self._parts[0].shape[1])
        self.dtype = dtype
        self._scaler = scaler

    @property
    def nbytes(self) -> int:
        """None: see `RowStore`."""
        return 0

    def windows(self, ends: Rows, shape: WindowShape) -> Values:
        """See `RowStore`."""
        return self._read(ends - shape.lookback + shape.step, shape.num_inputs, shape.step)

    def rows(self, rows: Rows, columns: tuple[int, ...] | None = None) -> Values:
        """See `RowStore`."""
        flat = self._read(rows.reshape(-1), 1, 1)
        found = flat.reshape(*rows.shape, self.num_columns)
        return found if columns is None else found[..., list(columns)]

    def _read(self, starts: Rows, count: int, step: int) -> Values:
        out = np.empty((len(starts), count, self.num_columns), self.dtype)
        owners = np.searchsorted(self._edges, starts, side="right") - 1
        local = (starts - self._edges[owners]).tolist()
        length = (count - 1) * step + 1
        for window, owner, start in zip(out, owners.tolist(), local, strict=True):
            rows = self._parts[owner][start : start + length : step]
            window[...] = rows[:, None] if self._one_dimensional else rows
        if self._scaler is not None:
            out -= self._scaler.center.astype(self.dtype)
            out /= self._scaler.scale.astype(self.dtype)
        return out
