"""Options of a run that do not depend on the recipe."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
from rich.console import Console


class OutOfTime(Exception):
    """The time limit is reached. The run can be resumed."""


class Deadline(keras.callbacks.Callback):
    """Callback that stops a run at the end of the epoch in which the time limit is reached."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def on_epoch_end(self, epoch, logs=None):
        if time.monotonic() > self._deadline:
            raise OutOfTime


@dataclass(frozen=True)
class RunOptions:
    """Options of a run.

    Args:
        out: Folder for results.
        runs: Folder for weights and metrics of runs.
        console: Console for output.
        data: File or folder with the raw data.
        epochs: Maximum number of epochs, instead of the recipe's.
        resume: Whether to resume an interrupted run.
        data_name: Data set of a recipe without a runner.
        deadline: Value of `time.monotonic()` after which no epoch starts.
    """

    out: Path
    runs: Path
    console: Console
    data: str | None = None
    epochs: int | None = None
    resume: bool = False
    deadline: float | None = None
    data_name: str = ""

    def callbacks(self) -> Sequence[keras.callbacks.Callback]:
        """Return callbacks to append last, so that checkpoints are written before a run stops."""
        return [] if self.deadline is None else [Deadline(self.deadline)]
