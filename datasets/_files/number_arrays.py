"""`.npz` files of plain numbers. No pickle is loaded."""

import io
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from .archives import opened_zip, regular_members

_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class PickledArray(ValueError):
    """An array of Python objects, which NumPy stores as a pickle: loading it can run any code."""


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """All arrays of a `.npz` file.

    Raises:
        PickledArray: An array holds Python objects.
        ValueError: The file is damaged, or larger than it can be.
    """
    arrays = {}
    with opened_zip(path) as archive:
        for info in regular_members(archive, path):
            name = info.filename.removesuffix(".npy")
            arrays[name] = _array(archive.read(info), f"{path}: {name}")
    return arrays


def _array(raw: bytes, where: str) -> np.ndarray:
    shape, dtype, start = read_header(raw, where)
    if dtype.hasobject:
        raise PickledArray(f"{where} holds Python objects, as a pickle; numbers were expected.")
    # Before memory is taken for as many numbers as the header claims.
    count = 1
    for size in shape:
        count *= size
    if dtype.kind not in "biuf" or count * dtype.itemsize != len(raw) - start:
        raise ValueError(
            f"{where} must hold the numbers of its header. Received: shape {shape} of {dtype}, "
            f"and {len(raw) - start:,} bytes. Is it a part of a file?"
        )
    return np.load(io.BytesIO(raw), allow_pickle=False)


def read_header(raw: bytes, where: str) -> tuple[tuple[int, ...], np.dtype, int]:
    """Shape and dtype of an array in the `.npy` format, and where its content begins."""
    stream = io.BytesIO(raw)
    try:
        shape, _, dtype = _HEADERS[npy.read_magic(stream)](stream)
    # The header is a Python literal: what a wrong one raises depends on what is in it.
    except Exception as error:
        raise ValueError(f"{where} is no array in NumPy's format: {error!r:.200}.") from error
    if any(size < 0 for size in shape):
        raise ValueError(f"{where} has the shape {shape}, which no array has.")
    return shape, dtype, stream.tell()
