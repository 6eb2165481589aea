"""The state of a training run after each epoch: whole, and all of it.

Keras' `BackupAndRestore` would be the tool. But it saves neither the seeds of dropout (an epoch
that is run again draws others), nor which weights were best; it writes over the only copy of the
weights, and their epoch into a second file, so a run killed between the two trains an epoch twice
(Keras 3.15). And where HDF5 meets a full disk, the process ends with a segmentation fault.
"""

import io
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from recipes._report.output_files import write_whole
from recipes._report.result import write_json

JOURNAL = "epochs.json"


@dataclass
class Epochs:
    """The epochs of a run that are over, those of the processes before this one included.

    Args:
        metrics: Of each epoch.
        seconds: That each epoch took, validation included, the writing of its state not.
        begins: Places of the epochs that were the first of a process, and compiled.
    """

    metrics: list[dict[str, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._begun = len(self)

    def __len__(self) -> int:
        return len(self.metrics)

    def add(self, metrics: dict[str, float], seconds: float) -> None:
        """One more epoch of this process."""
        if len(self) == self._begun:
            self.begins.append(self._begun)
        self.metrics.append(metrics)
        self.seconds.append(seconds)

    @property
    def best(self) -> int:
        """The number of the best epoch, from 1; the last where nothing is validated."""
        if "val_loss" not in self.metrics[0]:
            return len(self)
        return int(np.argmin([epoch["val_loss"] for epoch in self.metrics])) + 1

    @property
    def seconds_an_epoch(self) -> float:
        """The mean; without those that compiled, unless there is no other."""
        later = [s for place, s in enumerate(self.seconds) if place not in self.begins]
        times = later or self.seconds
        return round(sum(times) / len(times), 2)

    @property
    def seconds_before(self) -> float:
        """Of the epochs before the resumption."""
        return sum(self.seconds[: self._begun])


class Checkpoints(keras.callbacks.Callback):
    """Keeps the last state and the best, and ends a run that gets no better.

    A state is a file of its own, named by its epoch. It counts once the journal, which is written
    after it, has that epoch: so whenever a run is killed, journal and states belong together.

    Args:
        folder: Of the run, and of no other.
        patience: Epochs without a better validation loss before training stops.

    Attributes:
        epochs: All that are over.
    """

    def __init__(self, folder: Path, patience: int) -> None:
        super().__init__()
        self.folder, self.patience = folder, patience
        self.epochs = _read(folder / JOURNAL)

    @property
    def exhausted(self) -> bool:
        """Whether the patience is: one more epoch would be one too many."""
        epochs = self.epochs
        return bool(epochs) and len(epochs) - epochs.best >= self.patience

    def restore(self, model: keras.Model, epoch: int) -> None:
        """Gives `model` the state after an epoch, optimizer and seeds included.

        Raises:
            ValueError: The file is gone or damaged, or of another model.
        """
        path = self._state(epoch)
        variables = _variables(model)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                values = [stored[name] for name in stored.files]
        except Exception as error:
            raise ValueError(
                f"{path} cannot be read: {error}. Without it the run cannot go on: begin it anew, "
                "without --resume."
            ) from error
        found = [(value.shape, str(value.dtype)) for value in values]
        wanted = [(tuple(v.shape), keras.backend.standardize_dtype(v.dtype)) for v in variables]
        if found != wanted:
            raise ValueError(
                f"{path} is of another model: it holds {len(found)} variables, this one has "
                f"{len(wanted)}, or their shapes differ. Begin the run anew, without --resume."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def on_epoch_begin(self, epoch, logs=None):
        self._begin = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        took = time.monotonic() - self._begin
        buffer = io.BytesIO()
        np.savez(buffer, *[keras.ops.convert_to_numpy(v) for v in _variables(self.model)])
        what = f"the state after epoch {epoch + 1}"
        write_whole(self._state(epoch + 1), what, buffer.getvalue())
        metrics = {name: float(value) for name, value in logs.items()}
        self.epochs.add(metrics, round(took, 3))
        write_json(self.folder / JOURNAL, asdict(self.epochs), "the metrics of the epochs")
        self._tidy()
        if self.exhausted:
            self.model.stop_training = True

    def _state(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch}.npz"

    def _tidy(self) -> None:
        """Removes what is neither the last nor the best."""
        kept = {self._state(self.epochs.best), self._state(len(self.epochs))}
        for path in self.folder.glob("epoch-*.npz"):
            if path not in kept:
                path.unlink(missing_ok=True)


def _variables(model: keras.Model) -> list[Any]:
    """Weights, the states of their random generators, and what the optimizer remembers."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]


def _read(journal: Path) -> Epochs:
    if not journal.exists():
        return Epochs()
    return Epochs(**json.loads(journal.read_text(encoding="utf-8")))
