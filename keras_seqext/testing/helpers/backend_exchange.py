"""Arrays and files that the first backend leaves for the others.

Each backend runs in its own process. The folder they share is named by an environment
variable, so that a check finds it under the command line and under pytest alike.
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
PATIENCE = 900.0  # seconds; the first backend says when it has ended, so this is never reached


@dataclass(frozen=True)
class Exchange:
    """A folder that several backends share.

    Args:
        folder: Where it is.
        first: The backend that the others are compared with.
    """

    folder: Path
    first: str

    def close(self) -> None:
        """Says that the first backend has ended: what is not there will not come."""
        (self.folder / "ended").touch()

    def path(self, key: str, suffix: str) -> Path:
        """Where something is kept; any text will do as a key."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        return self.folder / f"{digest}{suffix}"

    def write(self, key: str, arrays: dict[str, Any]) -> None:
        """Leaves named arrays; they appear at once and whole."""
        path = self.path(key, ".npz")
        partial = path.with_suffix(".part")
        content: dict[str, Any] = {name: np.asarray(array) for name, array in arrays.items()}
        with partial.open("wb") as file:
            np.savez(file, **content)
        partial.replace(path)

    def read(self, key: str) -> dict[str, Any]:
        """What the first backend left; waits until it is there or will not come."""
        path = self.path(key, ".npz")
        end = time.monotonic() + PATIENCE
        while not path.exists():
            if (self.folder / "ended").exists() or time.monotonic() > end:
                if path.exists():
                    break
                raise Skipped(f"{self.first} left nothing to compare with: see its own result")
            time.sleep(0.05)
        with np.load(path) as stored:
            return dict(stored)


def open_exchange(folder: Path, first: str) -> dict[str, str]:
    """Makes a folder to share; returns the environment that tells processes of it."""
    return {VARIABLE: json.dumps({"folder": str(folder), "first": first})}


def current() -> Exchange | None:
    """The exchange this process takes part in, if it does."""
    text = os.environ.get(VARIABLE)
    if not text:
        return None
    content = json.loads(text)
    return Exchange(Path(content["folder"]), content["first"])
