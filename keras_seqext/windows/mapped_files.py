"""Memory-mapped arrays that are pickled as a position in their file, without their bytes."""

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]


@dataclass(frozen=True)
class FileRegion:
    """Position of an array in a file.

    Args:
        path: Absolute path of the file.
        first: Position of the first byte that belongs to the array.
        size: Number of bytes from the first to the last byte of the array.
        start: Position of element `(0, 0, ...)`, relative to `first`.
        dtype: Dtype of the array.
        shape: Shape of the array.
        strides: Distance of neighbouring elements along each axis, in bytes.
    """

    path: str
    first: int
    size: int
    start: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def open(self) -> Values:
        """Return the array, mapped from the file read-only."""
        path = Path(self.path)
        if not path.is_file() or path.stat().st_size < self.first + self.size:
            raise FileNotFoundError(
                f"the rows of this dataset are mapped from {self.path!r}, which does not exist or "
                "is shorter than when the dataset was pickled. Restore the file at this path, or "
                "pickle a dataset with rows in memory."
            )
        data = np.memmap(path, np.uint8, "r", offset=self.first, shape=(self.size,))
        return np.ndarray(self.shape, self.dtype, data, self.start, self.strides)


def file_region(array: Any) -> FileRegion | None:
    """Return the position of `array` in its file, or `None` if its file is not known.

    A copy-on-write map may differ from its file, so it has no position.
    """
    root, base = None, array
    while base is not None:
        root = base if isinstance(base, np.memmap) else root
        base = getattr(base, "base", None)
    if (
        root is None
        or not isinstance(root.base, mmap.mmap)
        or root.filename is None
        or root.mode == "c"
        or not isinstance(array, np.ndarray)
        or not array.size
        or not Path(root.filename).is_file()
    ):
        return None
    # Positions of the first and the last byte relative to the first element: a stride can be
    # negative.
    reach = [(n - 1) * stride for n, stride in zip(array.shape, array.strides, strict=True)]
    low = sum(min(0, each) for each in reach)
    high = sum(max(0, each) for each in reach) + array.itemsize
    start = root.offset + array.ctypes.data - root.ctypes.data
    path = str(Path(root.filename).absolute())
    return FileRegion(path, start + low, high - low, -low, array.dtype, array.shape, array.strides)
