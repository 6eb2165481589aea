"""Files that are written whole or not at all, and a plain word where they cannot be."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART = "part-"


class NotWritten(OSError):
    """A file could not be written. What stood there before is as it was."""


@contextmanager
def whole_file(path: Path, what: str, size: int | None = None) -> Iterator[Path]:
    """Gives a temporary name beside `path`; what is written there becomes `path` at the end.

    Args:
        path: The file to be.
        what: What it holds, for a message.
        size: Bytes that it needs, if they are known.

    Raises:
        NotWritten: The disk is full or refuses; says what was to be written where, how many bytes
            it needs and how many are free.
    """
    # The ending stays: Keras goes by it.
    part = path.with_name(f"{PART}{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        # Some systems find out that the disk is full only now.
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        _remove(part)
        raise NotWritten(_words(path, what, size, error)) from error
    except BaseException:
        _remove(part)
        raise


def write_whole(path: Path, what: str, data: bytes) -> None:
    """Writes `data`; until all of it is on disk, a file already there stays as it was."""
    with whole_file(path, what, len(data)) as part:
        part.write_bytes(data)


def _remove(part: Path) -> None:
    with suppress(OSError):  # what went wrong before is the news
        part.unlink()


def _words(path: Path, what: str, size: int | None, error: OSError) -> str:
    folder = next((each for each in path.parents if each.is_dir()), Path())
    needed = "" if size is None else f"{size:,} bytes are needed, "
    return (
        f"{what} could not be written to {path}: {error.strerror or error}. {needed}"
        f"{shutil.disk_usage(folder).free:,} bytes are free on that disk. What was there before is "
        "kept. Make room, or name another folder."
    )
