"""Atomic file writes: a reader finds either a complete file or none, even after a crash."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

try:
    import fcntl
except ImportError:  # Windows: two concurrent writers both do the work, and the last one wins
    fcntl = None  # type: ignore[assignment]

# Errors of `flock` on file systems without locks, such as some network mounts.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


class SkipWrite(Exception):
    """Raised in the block of `atomic_write` to write no file. It is not propagated."""


@contextmanager
def atomic_write(path: str | os.PathLike[str], ending: str = "") -> Iterator[Path]:
    """Yield the path of an empty temporary file, and rename that file to `path` after the block.

    The temporary file lies in the same folder and is flushed to disk before it is renamed. If
    the block fails, it is removed and `path` is unchanged. Only one process at a time is in the
    block for a given `path`. A process that had to wait may find that `path` exists by now and
    raise `SkipWrite`, which also leaves `path` unchanged. The temporary file of a process that
    was killed is reused by the next writer.

    The file must be written in place, as `open(part, "wb")` does. The block must not remove or
    replace it: as soon as its name is free, another process may create a file of that name.

    Args:
        path: Path of the file to write.
        ending: Suffix of the temporary file, for writers that depend on the suffix.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "note.txt")
    >>> with atomic_write(path) as part:
    ...     _ = part.write_text("whole")
    ...     path.exists()
    False
    >>> path.read_text(), [found.name for found in path.parent.iterdir()]
    ('whole', ['note.txt'])
    """
    target = Path(path)
    part, lock = _open_part(target, ending)
    try:
        os.truncate(part, 0)  # a killed process may have left content
        yield part
        # Flush before the rename: otherwise the new name can reach the disk before the content,
        # and a power failure leaves an empty or partial file at `path`.
        _flush_file(part, lock)
        os.replace(part, target)
        _flush_folder(target.parent)
    except BaseException as error:
        if _is_locked_file(part, lock):
            part.unlink(missing_ok=True)
        if not isinstance(error, SkipWrite):
            raise
    finally:
        if lock is not None:
            os.close(lock)


def _open_part(target: Path, ending: str) -> tuple[Path, int | None]:
    """Return the temporary file for `target` and the descriptor that holds its lock.

    With locks, all writers use the same name, so that a file left by a killed process is reused
    instead of accumulating. Without locks, the name is unique.
    """
    part = target.with_name(f".{target.name}.part{ending}")
    lock = lock_file(part)
    if lock is None:
        part = target.with_name(f".{target.name}.{uuid4().hex}.part{ending}")
        part.touch(exist_ok=False)
    return part, lock


def _is_locked_file(part: Path, lock: int | None) -> bool:
    """Return whether `part` is still the file of `lock`, and not that of another writer."""
    try:
        return lock is None or os.path.samestat(os.fstat(lock), os.stat(part))
    except FileNotFoundError:
        return False


def _flush_file(part: Path, lock: int | None) -> None:
    if not _is_locked_file(part, lock):
        raise FileNotFoundError(errno.ENOENT, "removed, or not written in place", str(part))
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def lock_file(path: Path, wait: bool = True) -> int | None:
    """Create `path` if necessary, lock it, and return the descriptor that holds the lock.

    The operating system releases the lock when the process ends, even if it is killed.

    Returns:
        The descriptor, or `None` if the platform or the file system has no locks.

    Raises:
        BlockingIOError: If another process holds the lock and `wait` is False.
    """
    while fcntl is not None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            # The previous holder may have renamed or removed the file while this process waited.
            # The lock is then on a file that no other process will open, so try again.
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
            os.close(descriptor)
        except FileNotFoundError:  # raised by `os.stat`: the file was removed
            os.close(descriptor)
        except OSError as error:
            os.close(descriptor)
            if error.errno not in _NO_LOCKS:
                raise
            break
        except BaseException:
            os.close(descriptor)
            raise
    return None


def _flush_folder(folder: Path) -> None:
    """Flush the folder to disk, so that the rename survives a power failure."""
    if fcntl is not None:  # Windows cannot open a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
