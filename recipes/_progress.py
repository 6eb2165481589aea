"""A progress bar for `fit`, with the loss in the units of the target."""

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class ProgressBar(keras.callbacks.Callback):
    """Shows one bar an epoch and leaves one line of it.

    Args:
        console: Where to draw.
        scale: Units of the target in one unit of the scaled target.
        unit: Name of the unit.
    """

    def __init__(self, console: Console, scale: float, unit: str) -> None:
        super().__init__()
        self._console, self._scale, self._unit = console, scale, unit
        self._progress: Progress | None = None

    def on_epoch_begin(self, epoch, logs=None):
        self._progress = Progress(
            TextColumn("epoch {task.description}"),
            BarColumn(bar_width=24),
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
        note = "  ".join(
            f"{name} MAE {logs[key] * self._scale:.2f} {self._unit}"
            for name, key in (("training", "mae"), ("validation", "val_mae"))
            if key in logs
        )
        self._progress.update(self._task, note=note)
        self._progress.stop()

    def on_train_end(self, logs=None):
        if self._progress is not None:
            self._progress.stop()
