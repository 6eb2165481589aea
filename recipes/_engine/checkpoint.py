"""Complete checkpoints of a training run after each epoch, written atomically.

`BackupAndRestore` of Keras 3.15 is not used because it does not save the seeds of dropout (a
repeated epoch draws other numbers) or the best weights. It also overwrites the only copy of the
weights and stores their epoch in a second file, so a run that is killed between the two writes
trains an epoch twice. HDF5 on a full disk ends the process with a segmentation fault.
"""

import io
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from recipes._report.output_files import write_bytes
from recipes._report.result import write_json

JOURNAL = "epochs.json"


@dataclass
class Epochs:
    """Completed epochs of a run, including those of earlier processes.

    Args:
        metrics: Metrics of each epoch.
        seconds: Duration of each epoch, with validation, without writing the checkpoint.
        begins: Indices of the first epoch of each process, which includes compilation.
    """

    metrics: list[dict[str, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._completed_before = len(self)

    def __len__(self) -> int:
        return len(self.metrics)

    def add(self, metrics: dict[str, float], seconds: float) -> None:
        """Add an epoch of this process."""
        if len(self) == self._completed_before:
            self.begins.append(self._completed_before)
        self.metrics.append(metrics)
        self.seconds.append(seconds)

    @property
    def best(self) -> int:
        """Number of the best epoch, from 1. The last epoch if there is no validation."""
        if "val_loss" not in self.metrics[0]:
            return len(self)
        return int(np.argmin([epoch["val_loss"] for epoch in self.metrics])) + 1

    @property
    def seconds_per_epoch(self) -> float:
        """Mean duration of epochs without compilation, or of all if there are no others."""
        compiled = [s for index, s in enumerate(self.seconds) if index not in self.begins]
        times = compiled or self.seconds
        return round(sum(times) / len(times), 2)

    @property
    def seconds_before(self) -> float:
        """Duration of the epochs of earlier processes."""
        return sum(self.seconds[: self._completed_before])


class Checkpoints(keras.callbacks.Callback):
    """Callback that stores the last and the best checkpoint and stops training early.

    A checkpoint is a file named after its epoch. It is valid once the journal, which is written
    after it, contains that epoch. Journal and checkpoints are therefore consistent whenever a run
    is killed.

    Args:
        folder: Folder of this run only.
        patience: Epochs without improvement of the validation loss before training stops.

    Attributes:
        epochs: Completed epochs.
    """

    def __init__(self, folder: Path, patience: int) -> None:
        super().__init__()
        self.folder, self.patience = folder, patience
        self.epochs = _read_journal(folder / JOURNAL)

    @property
    def finished(self) -> bool:
        """True if the patience is used up."""
        epochs = self.epochs
        return bool(epochs) and len(epochs) - epochs.best >= self.patience

    def restore(self, model: keras.Model, epoch: int) -> None:
        """Restore the weights, optimizer and seeds of `model` after an epoch.

        Raises:
            ValueError: If the file is missing, damaged or of another model.
        """
        path = self._path(epoch)
        variables = _variables(model)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                values = [stored[name] for name in stored.files]
        except Exception as error:
            raise ValueError(
                f"{path} cannot be read: {error}. The run cannot be resumed without it. Restart it "
                "without --resume."
            ) from error
        found = [(value.shape, str(value.dtype)) for value in values]
        expected = [(tuple(v.shape), keras.backend.standardize_dtype(v.dtype)) for v in variables]
        if found != expected:
            raise ValueError(
                f"{path} belongs to another model: it holds {len(found)} variables, this model has "
                f"{len(expected)}, or their shapes differ. Restart the run without --resume."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def on_epoch_begin(self, epoch, logs=None):
        self._start = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        # Measured first, so that the time does not include writing the checkpoint.
        seconds = time.monotonic() - self._start
        buffer = io.BytesIO()
        np.savez(buffer, *[keras.ops.convert_to_numpy(v) for v in _variables(self.model)])
        content = f"the checkpoint of epoch {epoch + 1}"
        write_bytes(self._path(epoch + 1), content, buffer.getvalue())
        metrics = {name: float(value) for name, value in logs.items()}
        self.epochs.add(metrics, round(seconds, 3))
        write_json(self.folder / JOURNAL, asdict(self.epochs), "the metrics of the epochs")
        self._remove_others()
        if self.finished:
            self.model.stop_training = True

    def _path(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch}.npz"

    def _remove_others(self) -> None:
        """Remove all checkpoints other than the last and the best."""
        retained = {self._path(self.epochs.best), self._path(len(self.epochs))}
        for path in self.folder.glob("epoch-*.npz"):
            if path not in retained:
                path.unlink(missing_ok=True)


def _variables(model: keras.Model) -> list[Any]:
    """Return the weights, the states of random generators and the variables of the optimizer."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]


def _read_journal(journal: Path) -> Epochs:
    if not journal.exists():
        return Epochs()
    return Epochs(**json.loads(journal.read_text(encoding="utf-8")))
