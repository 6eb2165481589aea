"""Reader of `.npz` files of plain numbers that never loads a pickle."""

import io
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from .archives import opened_zip, regular_members

_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class PickledArray(ValueError):
    """An array of Python objects. NumPy stores it as a pickle, which can run arbitrary code."""


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """Return all arrays of a `.npz` file.

    Raises:
        PickledArray: If an array holds Python objects.
        ValueError: If the file is damaged or implausibly large.
    """
    arrays = {}
    with opened_zip(path) as archive:
        for info in regular_members(archive, path):
            name = info.filename.removesuffix(".npy")
            arrays[name] = _read_array(archive.read(info), f"{path}: {name}")
    return arrays


def _read_array(raw: bytes, where: str) -> np.ndarray:
    shape, dtype, start = read_header(raw, where)
    if dtype.hasobject:
        raise PickledArray(f"{where} holds Python objects, as a pickle; expected numbers.")
    # Compare the header with the data first: a false header could request any amount of memory.
    # Python integers, because a product of NumPy integers could overflow.
    count = 1
    for size in shape:
        count *= size
    if dtype.kind not in "biuf" or count * dtype.itemsize != len(raw) - start:
        raise ValueError(
            f"{where} must hold the numbers of its header. Received: shape {shape} of {dtype}, "
            f"and {len(raw) - start:,} bytes. The file may be incomplete; download it again."
        )
    return np.load(io.BytesIO(raw), allow_pickle=False)


def read_header(raw: bytes, where: str) -> tuple[tuple[int, ...], np.dtype, int]:
    """Return shape, dtype and start of the data of an array in the `.npy` format."""
    stream = io.BytesIO(raw)
    try:
        shape, _, dtype = _HEADERS[npy.read_magic(stream)](stream)
    # The header is a Python literal: an invalid one can raise almost any exception.
    except Exception as error:
        raise ValueError(f"{where} is not an array in NumPy's format: {error!r:.200}.") from error
    if any(size < 0 for size in shape):
        raise ValueError(f"{where} has the invalid shape {shape}.")
    return shape, dtype, stream.tell()
