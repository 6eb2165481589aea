"""Fuzz targets, one function per file reader.

Each takes bytes and passes them to the reader as a file. Any exception except a documented
`ValueError` that names the file is a crash.
"""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conformance.unit.text.word_vectors.word_vector_files import use_small_blocks

Target = Callable[[bytes, Path], None]

DIMENSIONS = (None, 1, 2, 3, 50)
WORDS = ("the", "cat", ". . .", "é", "a b", "0.1")


def glove(data: bytes, folder: Path) -> None:
    """Read word vectors; the first byte selects the options, the rest is the file."""
    from keras_seqext.text.word_vectors.reader.word_vectors import read_word_vectors

    choice, text = data[:1] or b"\0", data[1:]
    dimension = DIMENSIONS[choice[0] % len(DIMENSIONS)]
    present = [line.split(b" ")[0].decode(errors="replace") for line in text.split(b"\n")[:4]]
    path = folder / "vectors.txt"
    path.write_bytes(text)
    try:
        # Blocks of the real size are much longer than these files, and slow to allocate.
        with pytest.MonkeyPatch.context() as monkeypatch:
            use_small_blocks(monkeypatch, 64 if choice[0] & 128 else 1024)
            found = read_word_vectors(path, [*WORDS, *present], dimension=dimension)
    except ValueError as error:
        assert str(path) in str(error), f"the message does not name the file: {error}"
        return
    assert found.matrix.dtype == np.float32 and np.isfinite(found.matrix).all()
    assert found.matrix.shape[0] == len(found) and dimension in (None, found.dimension)


def archive(data: bytes, folder: Path) -> None:
    """Read a zip file as CSV, as word vectors and as arrays."""
    from datasets._files.number_arrays import read_npz
    from datasets._series.station_csv import csv_members
    from keras_seqext.text.word_vectors.reader.word_vectors import read_word_vectors

    path = folder / "archive.zip"
    path.write_bytes(zip_from(data))
    readers: tuple[Callable[[], object], ...] = (
        lambda: csv_members(path),
        lambda: read_word_vectors(path, WORDS),
        lambda: read_npz(path),
    )
    for read in readers:
        try:
            read()
        except ValueError as error:
            assert path.name in str(error), f"the message does not name the file: {error}"
    assert [found.name for found in folder.iterdir()] == [path.name], "something was unpacked"


def zip_from(data: bytes) -> bytes:
    """Return the bytes unchanged, or a zip file that they describe.

    Most mutations of a zip file fail at its checksums. A description with names, contents and
    flags reaches the code behind the checksums.
    """
    if not data or data[0] % 4 == 0:
        return data[1:]
    kind, rest = data[0], data[1:]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if kind & 8 else 0) as made:
        for part in rest.split(b"\xff\xfe")[:4]:
            name, _, content = part.partition(b"\xff")
            info = zipfile.ZipInfo(name.decode("latin-1").replace("\0", "") or "x.csv")
            info.external_attr = 0o120777 << 16 if kind & 16 else 0o100644 << 16
            made.writestr(info, content)
    damaged = bytearray(file.getvalue())
    if kind & 32 and len(rest) > 2:  # one byte is damaged
        damaged[int.from_bytes(rest[:2], "little") % len(damaged)] ^= rest[2]
    return bytes(damaged)


def csv(data: bytes, folder: Path) -> None:
    """Read a CSV file of the Jena station or of the airports; the first byte selects which."""
    from datasets.jena import load_jena
    from datasets.weather import load_weather

    station = data[:1] < b"\x80"
    path = folder / ("station.csv" if station else "weather.csv")
    path.write_bytes(data[1:])
    try:
        found = (load_jena if station else load_weather)(path)
    except ValueError as error:
        assert path.name in str(error), f"the message does not name the file: {error}"
        return
    stamps = found.frame[found.timestamps].to_numpy()
    if found.groups is None:
        assert (np.diff(stamps) > np.timedelta64(0, "s")).all(), "rows are out of order"
    assert len(found.observed) == len(found.frame)


def described(data: bytes, folder: Path) -> None:
    """Read the registry of data sets, or a saved vocabulary or encoder."""
    from datasets._files.registry import parse
    from keras_seqext import TextEncoder, Vocabulary

    text = data[1:].decode("utf-8", "replace")
    kind = data[0] % 3 if data else 0
    if kind == 0:
        try:
            parse(text)
        except ValueError as error:
            assert "registry.toml" in str(error), f"the message does not name the file: {error}"
        return
    saved, cls = (("vocabulary", Vocabulary), ("text_encoder", TextEncoder))[kind - 1]
    path = folder / f"{saved}.json"
    path.write_bytes(data[1:])
    try:
        found = cls.load(path)
    except ValueError as error:
        assert path.name in str(error), f"the message does not name the file: {error}"
        return
    found.save(path)
    assert cls.load(path) == found
    json.dumps(found.get_config())


TARGETS: dict[str, Target] = {
    "glove": glove,
    "archive": archive,
    "csv": csv,
    "described": described,
}
