"""One process at a time trains a run: two that write the same states would spoil both."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keras_seqext._common.atomic_write import lock_file


class RunLocked(RuntimeError):
    """Another process is at work on the same run."""


@contextmanager
def only_process(folder: Path) -> Iterator[None]:
    """Keeps other processes out of the run whose states lie in `folder`, until the block ends.

    The lock is on an empty file beside it; the system lets go of it when the process is killed.

    Raises:
        RunLocked: Another process has it.
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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return lock_file(path, wait=False)
    except BlockingIOError:
        raise RunLocked(
            f"{path} is locked by another process, which trains the same recipe with the same "
            "seed. Wait until it has ended, or name another folder with --runs."
        ) from None
    except OSError:  # whoever writes results there will say what is wrong
        return None
