"""Exchange of arrays and files between the processes of several backends.

Each backend runs in its own process. An environment variable holds the folder that they share,
so that a check finds it both in the command line and in pytest.
"""

import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keras_seqext.testing.core.failure import Skipped

VARIABLE = "KERAS_SEQEXT_LAYER_CHECKS_EXCHANGE"
# In seconds. The end of the first backend is recorded, so the limit applies only if it is killed.
TIMEOUT = 900.0


@dataclass(frozen=True)
class Exchange:
    """A folder that several backends share.

    Args:
        folder: Path of the folder.
        first: Backend that the others are compared with.
    """

    folder: Path
    first: str

    def close(self) -> None:
        """Record that the first backend has ended and writes no more files."""
        (self.folder / "ended").touch()

    def path(self, key: str, suffix: str) -> Path:
        """Return the path of the file for a key, which may be any text."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        return self.folder / f"{digest}{suffix}"

    def write(self, key: str, arrays: dict[str, Any]) -> None:
        """Write named arrays. A reader sees either no file or a complete one."""
        path = self.path(key, ".npz")
        partial = path.with_suffix(".part")
        content: dict[str, Any] = {name: np.asarray(array) for name, array in arrays.items()}
        with partial.open("wb") as file:
            np.savez(file, **content)
        partial.replace(path)

    def read(self, key: str) -> dict[str, Any]:
        """Return the arrays that the first backend wrote, and wait for them if it is running.

        Raises:
            Skipped: If the first backend ended without writing them.
        """
        path = self.path(key, ".npz")
        end = time.monotonic() + TIMEOUT
        while not path.exists():
            if (self.folder / "ended").exists() or time.monotonic() > end:
                if path.exists():  # written between the two tests
                    break
                raise Skipped(f"{self.first} wrote nothing to compare with: see its own result")
            time.sleep(0.05)
        with np.load(path) as stored:
            return dict(stored)


def open_exchange(folder: Path, first: str) -> dict[str, str]:
    """Return the environment variables that make a process use this folder."""
    return {VARIABLE: json.dumps({"folder": str(folder), "first": first})}


def current() -> Exchange | None:
    """Return the exchange of this process, or `None` if backends are not compared."""
    text = os.environ.get(VARIABLE)
    if not text:
        return None
    content = json.loads(text)
    return Exchange(Path(content["folder"]), content["first"])
