"""Reading of a plain or compressed file of word vectors as a stream of bytes."""

import errno
import gzip
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import IO, TypeAlias, cast

from .compression import check_no_tar, compression_of, head_of

Source: TypeAlias = str | os.PathLike[str]

DAMAGED = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile)
"""Exceptions of the standard library for a truncated or damaged compressed file."""

UNSUPPORTED = (NotImplementedError, RuntimeError, OverflowError, UnicodeError, struct.error)
"""Exceptions of the standard library for an encrypted archive or an unsupported format."""

# A member larger than `MIN_BOMB_BYTES` and than `BOMB_RATIO` times its archive is rejected.
# GloVe's files unpack to less than three times their size. Files are read in blocks, so a zip
# bomb would not exhaust the memory, but would be read for hours.
BOMB_RATIO, MIN_BOMB_BYTES = 100, 64 << 20

_DIMENSION = re.compile(r"(?<!\d)(\d+)d(?![a-z0-9])", re.IGNORECASE)


@contextmanager
def open_word_vectors(source: Source, dimension: int | None = None) -> Iterator[IO[bytes]]:
    """Open `source` for reading bytes.

    Args:
        source: A text file, a text file compressed with gzip or bzip2, or a `.zip` of one or
            several. The content decides, not the suffix.
        dimension: Dimension that selects the member of a zip with `{dimension}d` in its
            name.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the archive is damaged, does not contain exactly one such file, or
            is a zip bomb, or the file is an archive of another kind.
    """
    path = file_path(source)
    compression = compression_of(path)
    try:
        opened: AbstractContextManager[IO[bytes]]
        if compression == "zip":
            opened = _member_of_zip(path, dimension)
        elif compression == "gzip":
            opened = cast(AbstractContextManager[IO[bytes]], gzip.open(path, "rb"))
        elif compression == "bz2":
            import bz2  # some builds of Python lack it

            opened = cast(AbstractContextManager[IO[bytes]], bz2.open(path, "rb"))
        else:
            # Unbuffered: blocks of two megabytes are read directly into their memory.
            opened = open(path, "rb", buffering=0)
        with opened as stream:
            _check_content(path, stream)
            yield stream
    except OSError as error:
        # An error of the operating system has a number; one of a decompressor has none.
        if error.errno is not None:
            raise
        raise _damaged(path, error) from None
    except DAMAGED as error:
        raise _damaged(path, error) from None


def _check_content(path: str, stream: IO[bytes]) -> None:
    try:
        head = head_of(stream)
    except (OSError, *DAMAGED):
        return  # reported with its position by the reader
    check_no_tar(path, head)


def _damaged(path: str, error: Exception) -> ValueError:
    return ValueError(f"{path} is damaged or truncated: {error}. Download it again.")


@contextmanager
def _member_of_zip(path: str, dimension: int | None) -> Iterator[IO[bytes]]:
    with ExitStack() as opened:
        try:
            archive = opened.enter_context(zipfile.ZipFile(path))
            info = archive.getinfo(choose_member(archive, path, dimension))
            _check_member(path, info)
            stream = opened.enter_context(archive.open(info))
        except (OSError, *UNSUPPORTED) as error:
            # EINVAL: a damaged archive refers to a position before the beginning of the file.
            if isinstance(error, OSError) and error.errno != errno.EINVAL:
                raise
            raise ValueError(
                f"{path} cannot be unpacked: {error}. Unpack it with another program and pass the "
                "path of the unpacked file."
            ) from error
        yield stream


def _check_member(path: str, info: zipfile.ZipInfo) -> None:
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise ValueError(
            f"{path}: {info.filename} is a link or a device. Pass an archive of regular files."
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError(f"{info.filename} is neither stored nor deflated")
    packed = max(os.path.getsize(path), 1)
    if info.file_size > max(MIN_BOMB_BYTES, BOMB_RATIO * packed):
        raise ValueError(
            f"{path} has {packed:,} bytes and {info.filename} in it {info.file_size:,}: more than "
            f"{BOMB_RATIO} times as many, so this is a zip bomb and not a text of word vectors."
        )


def path_of(source: object) -> str:
    """Return `source` as a path."""
    if not isinstance(source, str | os.PathLike):
        raise TypeError(
            "`source` must be the path of a .txt, .zip, .gz or .bz2 file of word vectors. "
            f"Received: {source!r} of type {type(source).__name__}. Pass a str or a pathlib.Path."
        )
    return os.path.expanduser(os.fspath(source))


def file_path(source: object) -> str:
    """Return `source` as the path of an existing file."""
    path = path_of(source)
    if os.path.isdir(path):
        raise ValueError(
            f"`source` must be one file, not a folder. Received: source={path!r}. "
            f"Pass a file in it, e.g. {os.path.join(path, 'glove.6B.100d.txt')!r}."
        )
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"`source` must be an existing file. Received: source={path!r}, but there is no such "
            f"file (working directory: {os.getcwd()!r}). Pass the path of a .txt, .zip or .gz "
            "file such as glove.6B.zip."
        )
    return path


def choose_member(archive: zipfile.ZipFile, path: str, dimension: int | None) -> str:
    """Return the name of the only file in a zip with vectors of `dimension`."""
    names = [
        info.filename
        for info in archive.infolist()
        if info.filename and not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]
    if len(names) == 1 and dimension_of_name(names[0]) in (None, dimension):
        return names[0]
    if dimension is None and len(names) == 1:
        return names[0]
    matches = [name for name in names if dimension and dimension_of_name(name) == dimension]
    if len(matches) == 1:
        return matches[0]
    expected = "one file" if dimension is None else f"one file with `{dimension}d` in its name"
    raise ValueError(
        f"{path} must contain {expected}. It contains: {', '.join(names) or 'nothing'}. "
        "Pass `dimension=` to choose a member by its dimension, or unpack the zip and pass a file."
    )


def dimension_of_name(name: str) -> int | None:
    """Return the dimension in a file name, such as 50 for `glove.6B.50d.txt`, or None."""
    found = _DIMENSION.findall(os.path.basename(name))
    return int(found[-1]) if found else None
