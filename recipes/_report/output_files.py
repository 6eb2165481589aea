"""Files that are written whole or not at all, and a plain word where they cannot be."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keras_seqext._common.atomic_write import atomic_write


class NotWritten(OSError):
    """A file could not be written. What stood there before is as it was."""


@contextmanager
def output_file(path: Path, what: str, size: int | None = None, ending: str = "") -> Iterator[Path]:
    """Gives a temporary name beside `path`; what is written there becomes `path` at the end.

    Args:
        path: The file to be.
        what: What it holds, for a message.
        size: Bytes that it needs, if they are known.
        ending: Of the temporary name, for writers that go by it.

    Raises:
        NotWritten: The disk is full or refuses; says what was to be written where, how many bytes
            it needs and how many are free.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path, ending) as part:
            yield part
    except OSError as error:
        raise NotWritten(_words(path, what, size, error)) from error


def write_whole(path: Path, what: str, data: bytes) -> None:
    """Writes `data`; until all of it is on disk, a file already there stays as it was."""
    with output_file(path, what, len(data)) as part:
        part.write_bytes(data)


def _words(path: Path, what: str, size: int | None, error: OSError) -> str:
    folder = next((each for each in path.parents if each.is_dir()), Path())
    needed = "" if size is None else f"{size:,} bytes are needed, "
    return (
        f"{what} could not be written to {path}: {error.strerror or error}. {needed}"
        f"{shutil.disk_usage(folder).free:,} bytes are free on that disk. What was there before is "
        "kept. Make room, or name another folder."
    )
