"""Conversion of `imdb.npz`, which holds pickled lists, to a file of plain numbers."""

import zipfile
from pathlib import Path

import numpy as np

from keras_seqext._common.atomic_write import atomic_write

from .archives import opened_zip, regular_members
from .number_arrays import read_header
from .pickled_lists import lists_of_integers

NAME = "imdb_ids.npz"
PARTS = ("x_train", "x_test")


def convert_ids(source: Path, target: Path) -> int:
    """Write `target`: concatenated reviews (`x_train`) and their end positions (`x_train_ends`).

    Returns:
        Number of reviews.

    Raises:
        ValueError: If the file holds anything other than lists of integers and their labels.
    """
    arrays: dict[str, np.ndarray] = {}
    with opened_zip(source) as archive:
        members = {info.filename: info for info in regular_members(archive, source)}
        for part in PARTS:
            arrays |= _flatten(
                part, _read_member(archive, members, part, source), f"{source}: {part}"
            )
            labels = part.replace("x", "y")
            arrays[labels] = _read_labels(
                _read_member(archive, members, labels, source), source, labels
            )
    with atomic_write(target) as temporary:
        # A path without the ending `.npz` would be renamed by NumPy; an open file is not.
        with temporary.open("wb") as file:
            np.savez_compressed(file, **arrays)
    return sum(len(arrays[f"{part}_ends"]) for part in PARTS)


def _read_member(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str, source: Path
) -> bytes:
    if f"{name}.npy" not in members:
        raise ValueError(f"{source} must hold {name}. Received: {', '.join(members) or 'nothing'}.")
    return archive.read(members[f"{name}.npy"])


def _flatten(part: str, raw: bytes, where: str) -> dict[str, np.ndarray]:
    _, dtype, start = read_header(raw, where)
    if not dtype.hasobject:
        raise ValueError(f"{where} holds {dtype} instead of lists: there is nothing to convert.")
    try:
        rows = lists_of_integers(raw[start:])
        numbers = np.fromiter((number for row in rows for number in row), np.int32)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{where} cannot be converted: {error}. Download it again.") from error
    return {part: numbers, f"{part}_ends": np.cumsum([len(row) for row in rows], dtype=np.int64)}


def _read_labels(raw: bytes, source: Path, name: str) -> np.ndarray:
    _, dtype, start = read_header(raw, f"{source}: {name}")
    if dtype.kind not in "iu":
        raise ValueError(f"{source}: {name} must hold integers. Received: {dtype}.")
    return np.frombuffer(raw, dtype, offset=start).astype(np.int8)
