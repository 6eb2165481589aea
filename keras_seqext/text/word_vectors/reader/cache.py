"""Cache of the rows found in a large file."""

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
Rows: TypeAlias = tuple[NDArray[np.intp], NDArray[np.float32], int]

FORMAT = 2
EDGE_BYTES = 1 << 20
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def cached_rows(
    search: Callable[[], Rows],
    cache: CacheOption,
    path: str,
    words: Sequence[str],
    dimension: int | None,
) -> Rows:
    """Return the result of `search` for `words` in the file at `path`, cached if possible.

    The key of the cache consists of the file (path, size, modification time, first and
    last megabyte), the words and the requested dimension. A damaged cache file is
    replaced. If several processes request the same rows, one of them searches and the
    others wait for its result.
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
                # Another process may have written the file while this one waited for the lock.
                rows = _load(cached, key, len(words))
                if rows is not None:
                    raise SkipWrite
                rows = search()
                _store(part, key, *rows)
    except OSError:
        # A read-only home directory must not make the default cache fail. For a folder that the
        # user passed, the error is raised.
        if cache is not True:
            raise
    return search() if rows is None else rows


def cache_folder(cache: CacheOption) -> Path | None:
    """Return the folder for the argument `cache`, or None for no cache."""
    if cache is False:
        return None
    if cache is True:
        home = os.environ.get("KERAS_HOME") or os.path.join("~", ".keras")
        return Path(home).expanduser() / "keras_seqext"
    if isinstance(cache, str | os.PathLike):
        return Path(cache).expanduser()
    raise wrong_type("cache", cache, "True, False or a folder", "Pass cache=False for no cache.")


def fingerprint_of_file(path: str) -> str:
    """Return the SHA-256 of the size, the first megabyte and the last megabyte."""
    # A hash of a whole file of several gigabytes would take longer than the search.
    with open(path, "rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        digest = hashlib.sha256(str(size).encode())
        for start in (0, max(EDGE_BYTES, size - EDGE_BYTES)):
            stream.seek(start)
            digest.update(stream.read(EDGE_BYTES))
    return digest.hexdigest()


def fingerprint_of_words(words: Sequence[str]) -> str:
    """Return the SHA-256 of the words in their order."""
    # The lengths distinguish ["ab", "c"] from ["a", "bc"], which are equal when joined.
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    digest = hashlib.sha256(lengths.tobytes())
    digest.update("".join(words).encode(errors="surrogatepass"))
    return digest.hexdigest()


def _identity(path: str) -> list[str | int]:
    status = os.stat(path)
    return [os.path.realpath(path), status.st_size, status.st_mtime_ns, fingerprint_of_file(path)]


def _load(cached: Path, key: str, num_words: int) -> Rows | None:
    try:
        # `np.load` of a path would not close a damaged file.
        with open(cached, "rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            stored, rows, vectors = arrays["key"], arrays["rows"], arrays["vectors"]
            skipped = arrays["skipped"]
    except UNREADABLE:
        return None
    valid = (
        str(stored) == key
        and rows.ndim == 1
        and vectors.ndim == 2
        and vectors.dtype == np.float32
        and len(rows) == len(vectors)
        and skipped.shape == ()
        and skipped.dtype == np.int64
        and np.all((rows >= 0) & (rows < num_words))
    )
    return (rows.astype(np.intp), vectors, int(skipped)) if valid else None


def _store(
    part: Path, key: str, rows: NDArray[np.intp], vectors: NDArray[np.float32], skipped: int
) -> None:
    with part.open("wb") as stream:
        np.savez(
            stream,
            key=np.array(key),
            rows=rows.astype(np.int64),
            vectors=vectors,
            skipped=np.array(skipped, np.int64),
        )
