"""Files that are there whole or not at all, whenever the process is killed.

`keras_seqext/` and `datasets/` must not import each other, so both have this file.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

try:
    import fcntl
except ImportError:  # Windows: of two writers both do the work, and one of their files stays
    fcntl = None  # type: ignore[assignment]

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


class SkipWrite(Exception):
    """Raised in the block of `atomic_write`: no file is to be written. Goes no further."""


@contextmanager
def atomic_write(path: str | os.PathLike[str], ending: str = "") -> Iterator[Path]:
    """Gives the path of an empty file to write; after the block, that file is `path`.

    It lies in the same folder and is on the disk before it is renamed. If the block fails it
    is removed, and what was at `path` stays as it was. Of several processes one is in the
    block at a time: the next one may find that `path` is there now, and raise `SkipWrite`, which
    leaves `path` alone. What a killed process left is used again.

    The file must be written in place, as `open(part, "wb")` does, and not be removed: its name is
    the next writer's as soon as it is free. It ends with `ending`, for writers that go by it.

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
    part, lock = _new_part(target, ending)
    try:
        os.truncate(part, 0)
        yield part
        _to_disk(part, lock)
        os.replace(part, target)
        _sync_folder(target.parent)
    except BaseException as error:
        if _is_ours(part, lock):
            part.unlink(missing_ok=True)
        if not isinstance(error, SkipWrite):
            raise
    finally:
        if lock is not None:
            os.close(lock)


def _new_part(target: Path, ending: str) -> tuple[Path, int | None]:
    """A file beside `target`, new or of a writer who is dead, and the descriptor of its lock.

    Without locks the file has a name that nobody else has.
    """
    part = target.with_name(f".{target.name}.part{ending}")
    lock = lock_file(part)
    if lock is None:
        part = target.with_name(f".{target.name}.{uuid4().hex}.part{ending}")
        part.touch(exist_ok=False)
    return part, lock


def _is_ours(part: Path, lock: int | None) -> bool:
    """Whether the file of that name is the one that was given out, and not another writer's."""
    try:
        return lock is None or os.path.samestat(os.fstat(lock), os.stat(part))
    except FileNotFoundError:
        return False


def _to_disk(part: Path, lock: int | None) -> None:
    if not _is_ours(part, lock):
        raise FileNotFoundError(errno.ENOENT, "removed, or not written in place", str(part))
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def lock_file(path: Path, wait: bool = True) -> int | None:
    """The descriptor of a file, made where there is none, that no other process has locked.

    The system lets go of the lock of a process that is killed. None where there are no locks.

    Raises:
        BlockingIOError: Another process has it, and `wait` is False.
    """
    while fcntl is not None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            # Whoever had it before may have renamed or removed the file: it guards nothing then.
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
            os.close(descriptor)
        except FileNotFoundError:
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


def _sync_folder(folder: Path) -> None:
    """So that the new name outlives a loss of power."""
    if fcntl is not None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
