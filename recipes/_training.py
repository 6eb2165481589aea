"""Training that keeps the best weights, stops in time, and can be taken up again."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras

from ._result import write_json


class Journal(keras.callbacks.Callback):
    """Writes the metrics of every epoch to a file, after the weights of that epoch are safe."""

    def __init__(self, path: Path, earlier: list[dict[str, float]]) -> None:
        super().__init__()
        self.path, self.epochs = path, earlier

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append({name: float(value) for name, value in logs.items()})
        write_json(self.path, {"epochs": self.epochs})


class Patience(keras.callbacks.EarlyStopping):
    """Early stopping that knows the epochs of the run it resumes."""

    def __init__(self, patience: int, earlier: list[dict[str, float]]) -> None:
        super().__init__("val_loss", patience=patience)
        self._earlier = earlier

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        losses = [epoch["val_loss"] for epoch in self._earlier]
        if losses:
            self.best = min(losses)
            self.best_epoch = losses.index(self.best)
            self.wait = len(losses) - 1 - self.best_epoch


def train(
    model: keras.Model,
    train_data: Any,
    validation_data: Any,
    config: Any,
    folder: Path,
    resume: bool,
    callbacks: list[keras.callbacks.Callback],
) -> list[dict[str, float]]:
    """Fits `model` and leaves it with the weights of its best epoch.

    Args:
        model: Compiled.
        train_data: Training batches, with an `epoch_callback`.
        validation_data: Validation batches; their loss decides.
        config: How long to train; a dataclass.
        folder: Where weights and metrics of the run are kept.
        resume: Whether to go on from what is in `folder`.
        callbacks: More callbacks.

    Returns:
        The metrics of every epoch, those before a resumption included.
    """
    journal, best, backup = folder / "epochs.json", folder / "best.weights.h5", folder / "backup"
    settings = folder / "config.json"
    if not resume or _other_run(settings, config):
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(settings, _settings(config))
    earlier = _earlier_epochs(journal)
    losses = [epoch["val_loss"] for epoch in earlier]
    threshold = min(losses, default=None)
    # A run that stopped of its own accord is complete: one more epoch would be one too many.
    if losses and len(losses) - 1 - losses.index(min(losses)) >= config.patience:
        model.load_weights(str(best))
        return earlier
    model.fit(
        train_data,
        validation_data=validation_data,
        epochs=config.epochs,
        verbose=0,
        shuffle=False,
        callbacks=[
            train_data.epoch_callback(),
            keras.callbacks.ModelCheckpoint(
                str(best),
                monitor="val_loss",
                save_best_only=True,
                save_weights_only=True,
                initial_value_threshold=threshold,
            ),
            Patience(config.patience, list(earlier)),
            keras.callbacks.BackupAndRestore(str(backup), delete_checkpoint=False),
            Journal(journal, earlier),
            *callbacks,
        ],
    )
    model.load_weights(str(best))
    return earlier


def _settings(config: Any) -> dict[str, Any]:
    # More epochs than before is how a run is prolonged.
    return {name: value for name, value in asdict(config).items() if name != "epochs"}


def _other_run(path: Path, config: Any) -> bool:
    """Whether what is there was made with other settings."""
    if not path.exists():
        return False
    return bool(
        json.loads(path.read_text(encoding="utf-8")) != json.loads(json.dumps(_settings(config)))
    )


def _earlier_epochs(journal: Path) -> list[dict[str, Any]]:
    if not journal.exists():
        return []
    epochs: list[dict[str, Any]] = json.loads(journal.read_text(encoding="utf-8"))["epochs"]
    return epochs
