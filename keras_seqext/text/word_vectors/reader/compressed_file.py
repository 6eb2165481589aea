"""Opens a file of word vectors, plain or compressed, as one stream of bytes."""

import errno
import gzip
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, TypeAlias, cast

Source: TypeAlias = str | os.PathLike[str]

DAMAGED = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile)
"""What the standard library raises for a compressed file that is cut off or broken."""

OF_OTHER_KINDS = (NotImplementedError, RuntimeError, OverflowError, UnicodeError, struct.error)
"""And for one behind a password, or of a kind that it does not read."""

# GloVe's own files unpack to less than three times their size. As they are read piece by
# piece, a zip bomb would take no memory, but hours.
BOMB_RATIO, NO_BOMB = 100, 64 << 20

_DIMENSION = re.compile(r"(?<!\d)(\d+)d(?![a-z0-9])", re.IGNORECASE)


@contextmanager
def open_word_vectors(source: Source, dimension: int | None = None) -> Iterator[IO[bytes]]:
    """Opens `source` for reading bytes.

    Args:
        source: A text file, a `.gz` of one, or a `.zip` that holds one or several.
        dimension: Which member of a zip to take: the one with `{dimension}d` in its name.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The archive is damaged, does not hold one such file, or is a zip bomb.
    """
    path = file_path(source)
    suffix = os.path.splitext(path)[1].lower()
    try:
        if suffix == ".zip":
            with _member_of_zip(path, dimension) as stream:
                yield stream
        elif suffix == ".gz":
            with gzip.open(path, "rb") as stream:
                yield cast(IO[bytes], stream)
        else:
            with open(path, "rb", buffering=0) as stream:
                yield stream
    except DAMAGED as error:
        raise ValueError(f"{path} is damaged or cut off: {error}. Download it again.") from None


@contextmanager
def _member_of_zip(path: str, dimension: int | None) -> Iterator[IO[bytes]]:
    with ExitStack() as opened:
        try:
            archive = opened.enter_context(zipfile.ZipFile(path))
            info = archive.getinfo(choose_member(archive, path, dimension))
            _check_member(path, info)
            stream = opened.enter_context(archive.open(info))
        except (OSError, *OF_OTHER_KINDS) as error:
            # A damaged archive may name a place before its beginning.
            if isinstance(error, OSError) and error.errno != errno.EINVAL:
                raise
            raise ValueError(
                f"{path} cannot be unpacked: {error}. Unpack it yourself and name the file in it."
            ) from error
        yield stream


def _check_member(path: str, info: zipfile.ZipInfo) -> None:
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise ValueError(f"{path}: {info.filename} is a link or a device. Name a file of vectors.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError(f"{info.filename} is neither stored nor deflated")
    packed = max(os.path.getsize(path), 1)
    if info.file_size > max(NO_BOMB, BOMB_RATIO * packed):
        raise ValueError(
            f"{path} has {packed:,} bytes and {info.filename} in it {info.file_size:,}: more than "
            f"{BOMB_RATIO} times as many, so this is a zip bomb and no text of word vectors."
        )


def path_of(source: object) -> str:
    """The path that `source` is."""
    if not isinstance(source, str | os.PathLike):
        raise TypeError(
            "`source` must be the path of a .txt, .zip or .gz file of word vectors. "
            f"Received: {source!r} of type {type(source).__name__}. Pass a str or a pathlib.Path."
        )
    return os.path.expanduser(os.fspath(source))


def file_path(source: object) -> str:
    """The path of an existing file of word vectors."""
    path = path_of(source)
    if os.path.isdir(path):
        raise ValueError(
            f"`source` must be one file, not a folder. Received: source={path!r}. "
            f"Name a file in it, e.g. {os.path.join(path, 'glove.6B.100d.txt')!r}."
        )
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"`source`: no file of word vectors at {path!r} (from folder {os.getcwd()!r}). "
            "Pass the path of a .txt, .zip or .gz file such as glove.6B.zip."
        )
    return path


def choose_member(archive: zipfile.ZipFile, path: str, dimension: int | None) -> str:
    """The one file in a zip that holds vectors of `dimension` numbers."""
    names = [
        info.filename
        for info in archive.infolist()
        if info.filename and not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]
    if len(names) == 1 and dimension_of_name(names[0]) in (None, dimension):
        return names[0]
    if dimension is None and len(names) == 1:
        return names[0]
    fitting = [name for name in names if dimension and dimension_of_name(name) == dimension]
    if len(fitting) == 1:
        return fitting[0]
    sought = "one file" if dimension is None else f"one file with `{dimension}d` in its name"
    raise ValueError(
        f"{path} must hold {sought}. It holds: {', '.join(names) or 'nothing'}. "
        "Pass `dimension=` to choose a member by its dimension, or unpack the zip and name a file."
    )


def dimension_of_name(name: str) -> int | None:
    """The 50 of `glove.6B.50d.txt`, or None."""
    found = _DIMENSION.findall(os.path.basename(name))
    return int(found[-1]) if found else None
