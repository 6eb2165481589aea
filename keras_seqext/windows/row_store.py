"""Storage of rows in memory, and copying of windows from it."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from .series_scaler import SeriesScaler
from .window_index import Rows, WindowShape

Values = npt.NDArray[Any]


class RowStore(Protocol):
    """Protocol for the rows of a window dataset."""

    num_rows: int
    num_columns: int
    dtype: str

    @property
    def nbytes(self) -> int:
        """Size of the rows in memory, in bytes."""

    def windows(self, ends: Rows, shape: WindowShape) -> Values:
        """Return a new array of the inputs of windows, of shape `(windows, steps, columns)`.

        Args:
            ends: Last observed row of each window.
            shape: Sizes of a window.
        """

    def rows(self, rows: Rows, columns: tuple[int, ...] | None = None) -> Values:
        """Return a new array of the given rows, of shape `rows.shape + (columns,)`.

        Args:
            rows: Row numbers, in an array of any shape.
            columns: Columns to return. Defaults to all.
        """


class PhasedRows:
    """Rows in memory, ordered so that the inputs of every window are one contiguous block.

    Row `r` belongs to phase `r % step`, and the rows of a phase are stored one after another:

        rows, step=3     0 1 2 3 4 5 6 7
        stored order     0 3 6 | 1 4 7 | 2 5 (unused)

    The inputs of a window lie `step` rows apart, so they are neighbours within one phase. A
    window is then copied as a single block, at the speed of memory. In the original order, each
    row would be gathered separately.

    Args:
        parts: Arrays of shape `(rows, columns)`, joined in order. A single part is not copied if
            `step == 1`, it has the given dtype and there is no scaler.
        step: Distance of neighbouring inputs, in rows.
        dtype: Floating dtype of the stored rows.
        scaler: Applied to the rows before they are stored.
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
        """Size of the rows in memory, in bytes."""
        return int(self._flat.nbytes)

    def _interleave(
        self, parts: Sequence[Values], dtype: str, scaler: SeriesScaler | None
    ) -> Values:
        # NumPy requests huge pages for `np.empty` but not for `np.zeros`, and copying random blocks
        # from huge pages is a sixth faster. Some phases are one row shorter than others: their
        # last row is unused, and is set to 0 instead of remaining uninitialized.
        phases = np.empty((self._step, self._phase_rows, self.num_columns), dtype)
        phases[:, -1] = 0
        offset = 0
        for part in parts:
            for phase in range(self._step):
                # Number of rows of this part before its first row of the phase. The phase counts
                # rows through all parts, and `offset` rows come before this part.
                skip = (phase - offset) % self._step
                rows = part[skip :: self._step]
                start = (offset + skip) // self._step
                scaled = rows if scaler is None else scaler.transform(rows)
                phases[phase, start : start + len(rows)] = scaled
            offset += len(part)
        return phases.reshape(-1)

    def windows(self, ends: Rows, shape: WindowShape) -> Values:
        """Copy the inputs of windows; see `RowStore`."""
        blocks = self._blocks(shape.num_inputs * self.num_columns)
        first = self._stored_position(ends) - shape.num_inputs + 1
        # Indexing copies each block at once. `np.take` would first make a contiguous copy of the
        # overlapping view, which is `width` times as large as the data.
        copied: Values = blocks[first * self.num_columns]
        return copied.reshape(len(ends), shape.num_inputs, self.num_columns)

    def rows(self, rows: Rows, columns: tuple[int, ...] | None = None) -> Values:
        """Copy rows; see `RowStore`."""
        found: Values
        position = self._stored_position(rows)
        if columns is None:
            found = np.take(self._flat.reshape(-1, self.num_columns), position, axis=0)
        else:
            first = position[..., None] * self.num_columns
            found = np.take(self._flat, first + np.array(columns, np.int64))
        return found

    def _blocks(self, width: int) -> Values:
        """Return a view of all overlapping blocks of `width` numbers.

        The view is cached, because it is slow to make.
        """
        if self._views is None or self._views.shape[1] != width:
            self._views = np.lib.stride_tricks.sliding_window_view(self._flat, width)
        return self._views

    def __getstate__(self) -> dict[str, Any]:
        # Pickling the view would write every overlapping block in full.
        return {**self.__dict__, "_views": None}

    def _stored_position(self, rows: Rows) -> Rows:
        if self._step == 1:
            return rows
        in_phase, phase = np.divmod(rows, self._step)
        return phase * self._phase_rows + in_phase
