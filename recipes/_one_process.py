"""One process at a time trains a run: two that write the same states would spoil both."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nobody is kept out
    fcntl = None  # type: ignore[assignment]


class Busy(RuntimeError):
    """Another process is at work on the same run."""


@contextmanager
def only_process(folder: Path) -> Iterator[None]:
    """Keeps other processes out of the run whose states lie in `folder`, until the block ends.

    The lock is on an empty file beside it; the system lets go of it when the process is killed.

    Raises:
        Busy: Another process has it.
    """
    path = folder.with_name(f".{folder.name}.lock")
    descriptor = _locked(path)
    if descriptor is None:
        yield
        return
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """The descriptor of the file, which is locked now, or None where nothing can be."""
    while fcntl is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:  # whoever writes results there will say what is wrong
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had it before may have removed it: then it keeps nobody out any longer.
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except FileNotFoundError:
            pass
        except BlockingIOError:
            os.close(descriptor)
            raise Busy(
                f"{path} is locked by another process, which trains the same recipe with the same "
                "seed. Wait until it has ended, or name another folder with --runs."
            ) from None
        except OSError:  # a file system without locks
            os.close(descriptor)
            return None
        os.close(descriptor)
    return None
