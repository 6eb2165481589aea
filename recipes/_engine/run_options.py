"""What the command line says about a run, whichever recipe it is."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
from rich.console import Console


class OutOfTime(Exception):
    """The budget is used up; the run can be resumed."""


class Deadline(keras.callbacks.Callback):
    """Ends a run at the end of the epoch in which the time was up."""

    def __init__(self, moment: float) -> None:
        super().__init__()
        self._moment = moment

    def on_epoch_end(self, epoch, logs=None):
        if time.monotonic() > self._moment:
            raise OutOfTime


@dataclass(frozen=True)
class RunOptions:
    """How to run.

    Args:
        out: Where results go.
        runs: Where weights and metrics of a run are kept.
        console: Where to write.
        data: File or folder with the raw data.
        epochs: Epochs at most, instead of the recipe's.
        resume: Whether to go on with an interrupted run.
        data_name: The data set of a recipe that has no runner.
        deadline: The moment, of `time.monotonic()`, after which no epoch begins.
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
        """To be given last, so that weights and metrics are safe before a run is ended."""
        return [] if self.deadline is None else [Deadline(self.deadline)]
