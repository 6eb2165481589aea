"""Keeps the rows once found in a large file."""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.atomic_write import SkipWrite, atomic_write
from keras_seqext._common.validation import wrong_type

CacheOption: TypeAlias = bool | str | os.PathLike[str]
Rows: TypeAlias = tuple[NDArray[np.intp], NDArray[np.float32]]

FORMAT = 1
EDGE_BYTES = 1 << 20
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def cached_rows(
    search: Callable[[], Rows],
    cache: CacheOption,
    path: str,
    words: Sequence[str],
    dimension: int | None,
) -> Rows:
    """What `search` finds for `words` in the file at `path`, from the cache where possible.

    The key is the file (path, size, time of change, first and last megabyte),
    the words and the dimension asked for. A damaged cache file is replaced. Of several
    processes that want the same rows, one searches and the others wait for it.
    """
    folder = cache_folder(cache)
    if folder is None:
        return search()
    key = json.dumps([FORMAT, *_identity(path), fingerprint_of_words(words), dimension])
    cached = folder / f"word_vectors-{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"
    rows = _load(cached, key, len(words))
    try:
        if rows is None:
            folder.mkdir(parents=True, exist_ok=True)
            with atomic_write(cached) as part:
                # While this process waited its turn, another one may have found them.
                rows = _load(cached, key, len(words))
                if rows is not None:
                    raise SkipWrite
                rows = search()
                _store(part, key, *rows)
    except OSError:
        # A read-only home must not stop anybody; a folder that was asked for is another case.
        if cache is not True:
            raise
    return search() if rows is None else rows


def cache_folder(cache: CacheOption) -> Path | None:
    """The folder that `cache` stands for; None to keep nothing."""
    if cache is False:
        return None
    if cache is True:
        home = os.environ.get("KERAS_HOME") or os.path.join("~", ".keras")
        return Path(home).expanduser() / "keras_seqext"
    if isinstance(cache, str | os.PathLike):
        return Path(cache).expanduser()
    raise wrong_type("cache", cache, "True, False or a folder", "Pass cache=False to keep nothing.")


def fingerprint_of_file(path: str) -> str:
    """SHA-256 of the size and of the first and last megabyte."""
    with open(path, "rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        digest = hashlib.sha256(str(size).encode())
        for start in (0, max(EDGE_BYTES, size - EDGE_BYTES)):
            stream.seek(start)
            digest.update(stream.read(EDGE_BYTES))
    return digest.hexdigest()


def fingerprint_of_words(words: Sequence[str]) -> str:
    """SHA-256 of the words in their order."""
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    digest = hashlib.sha256(lengths.tobytes())
    digest.update("".join(words).encode(errors="surrogatepass"))
    return digest.hexdigest()


def _identity(path: str) -> list[str | int]:
    status = os.stat(path)
    return [os.path.realpath(path), status.st_size, status.st_mtime_ns, fingerprint_of_file(path)]


def _load(cached: Path, key: str, num_words: int) -> Rows | None:
    try:
        # Given a path, NumPy leaves a damaged file open.
        with open(cached, "rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            stored, rows, vectors = arrays["key"], arrays["rows"], arrays["vectors"]
    except UNREADABLE:
        return None
    right = (
        str(stored) == key
        and rows.ndim == 1
        and vectors.ndim == 2
        and vectors.dtype == np.float32
        and len(rows) == len(vectors)
        and np.all((rows >= 0) & (rows < num_words))
    )
    return (rows.astype(np.intp), vectors) if right else None


def _store(part: Path, key: str, rows: NDArray[np.intp], vectors: NDArray[np.float32]) -> None:
    with part.open("wb") as stream:
        np.savez(stream, key=np.array(key), rows=rows.astype(np.int64), vectors=vectors)
