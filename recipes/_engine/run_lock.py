"""Lock that lets one process at a time execute a run, since two would corrupt its checkpoints."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keras_seqext._common.atomic_write import lock_file


class RunLocked(RuntimeError):
    """Another process is executing the same run."""


@contextmanager
def lock_run(folder: Path) -> Iterator[None]:
    """Lock the run with checkpoints in `folder` until the block ends.

    The lock is on an empty file next to the folder. The operating system releases it if the
    process is killed.

    Raises:
        RunLocked: If another process holds the lock.
    """
    path = folder.with_name(f".{folder.name}.lock")
    descriptor = _try_lock(path)
    if descriptor is None:
        yield
        return
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _try_lock(path: Path) -> int | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return lock_file(path, wait=False)
    except BlockingIOError:
        raise RunLocked(
            f"{path} is locked by another process, which trains the same recipe with the same "
            "seed. Wait until it has ended, or choose another folder with --runs."
        ) from None
    except OSError:  # writing the checkpoints will raise a clearer error
        return None
