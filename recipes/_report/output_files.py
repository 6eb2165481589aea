"""Output files that are written completely or not at all, with a clear error if writing fails."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keras_seqext._common.atomic_write import atomic_write


class NotWritten(OSError):
    """A file could not be written. An existing file at its path is unchanged."""


@contextmanager
def output_file(path: Path, content: str, size: int, ending: str = "") -> Iterator[Path]:
    """Yield a temporary path that replaces `path` at the end of the block.

    Args:
        path: Path of the file.
        content: Description of the content, for the error message.
        size: Number of bytes that will be written, for the error message.
        ending: Ending of the temporary name, for writers that depend on it.

    Raises:
        NotWritten: If the file cannot be written, for example because the disk is full. The
            message names the file, its size and the free space.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path, ending) as temporary:
            yield temporary
    except OSError as error:
        folder = next((parent for parent in path.parents if parent.is_dir()), Path())
        raise NotWritten(
            f"{content} could not be written to {path}: {error.strerror or error}. {size:,} bytes "
            f"are needed, {shutil.disk_usage(folder).free:,} bytes are free on that disk. An "
            "existing file is unchanged. Free some space or choose another folder."
        ) from error


def write_bytes(path: Path, content: str, data: bytes) -> None:
    """Write `data` to `path`, or raise `NotWritten` and leave an existing file unchanged."""
    with output_file(path, content, len(data)) as temporary:
        temporary.write_bytes(data)
