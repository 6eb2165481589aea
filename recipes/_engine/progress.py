"""Progress bar for `fit`, with metrics formatted by the recipe."""

from collections.abc import Callable

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class ProgressBar(keras.callbacks.Callback):
    """Callback that shows one progress bar per epoch, which remains as a line.

    Args:
        console: Console to draw on.
        note: Function that formats the metrics at the end of an epoch.
    """

    def __init__(self, console: Console, note: Callable[[dict[str, float]], str]) -> None:
        super().__init__()
        self._console, self._note = console, note
        self._progress: Progress | None = None

    def on_epoch_begin(self, epoch, logs=None):
        self._progress = Progress(
            TextColumn("epoch {task.description}"),
            BarColumn(bar_width=10),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=self._console,
        )
        self._progress.start()
        self._task = self._progress.add_task(f"{epoch + 1:>2}", total=self.params["steps"], note="")

    def on_train_batch_end(self, batch, logs=None):
        self._progress.update(self._task, completed=batch + 1)

    def on_epoch_end(self, epoch, logs=None):
        self._progress.update(self._task, note=self._note(logs or {}))
        self._progress.stop()

    def on_train_end(self, logs=None):
        if self._progress is not None:
            self._progress.stop()
