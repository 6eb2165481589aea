"""Arrays of lists in `.npz` files, read without running what is in them."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

# What a pickled array of lists of integers needs, by the names of NumPy 1 and 2.
ALLOWED = {
    (module, name)
    for package in ("numpy.core", "numpy._core")
    for module, name in (
        (f"{package}.multiarray", "_reconstruct"),
        (f"{package}.multiarray", "scalar"),
        (f"{package}.numeric", "_frombuffer"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
    )
}


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module, name)


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """All arrays of a `.npz` file; a pickle may hold arrays of lists and nothing else.

    `imdb.npz` keeps rows of different lengths as objects, which `np.load` reads only with
    `allow_pickle=True`, and that runs any code in the file. Here a pickle can name no function
    but those that put an array together.

    Raises:
        ValueError: the file is damaged, or asks for anything else.
    """
    arrays = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                arrays[name.removesuffix(".npy")] = _read_npy(archive.read(name))
    except (zipfile.BadZipFile, EOFError, pickle.UnpicklingError, ValueError) as error:
        raise ValueError(
            f"{path} is no .npz file of numbers and lists of numbers: {error}."
        ) from error
    return arrays


def _read_npy(raw: bytes) -> np.ndarray:
    stream = io.BytesIO(raw)
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    _, _, dtype = read(stream)
    if not dtype.hasobject:
        return np.load(io.BytesIO(raw), allow_pickle=False)
    array = _ArraysOnly(stream).load()
    if not isinstance(array, np.ndarray):
        raise ValueError(f"a pickle holds a {type(array).__name__}, not an array")
    return array
