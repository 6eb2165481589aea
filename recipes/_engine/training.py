"""Training with early stopping, checkpoints and resumption."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np

from recipes._report.result import write_json

from .checkpoint import Checkpoints, Epochs
from .finite_loss import StopAtNonFinite
from .run_options import RunOptions
from .saved_model import MODEL_FILES

# Version of the files in the folder of a run. Runs of older versions are restarted.
FORMAT = 3
SETTINGS = "config.json"


def train(
    model: keras.Model,
    train_data: Any,
    validation_data: Any,
    config: Any,
    seed: int,
    folder: Path,
    options: RunOptions,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    features: Sequence[str] = (),
) -> Epochs:
    """Fit `model` and restore the weights of its best epoch.

    Args:
        model: Built and compiled model.
        train_data: Training batches, with an `epoch_callback`.
        validation_data: Validation batches, whose loss selects the epoch. If None, the last epoch
            is the best.
        config: Training configuration, a dataclass.
        seed: Seed of random numbers during training.
        folder: Folder for checkpoints and metrics of the run.
        options: Options of the run, including whether to resume from `folder`.
        callbacks: Additional callbacks.
        features: Names of the input columns, for error messages.

    Returns:
        Metrics and seconds of every epoch, including those before a resumption.

    Raises:
        NonFinite: If the loss is NaN or infinite. The message names the batch and the cause.
        NotWritten: If a checkpoint cannot be written. Earlier checkpoints are unchanged.
    """
    _prepare(folder, config, options)
    checkpoints = Checkpoints(folder, config.patience)
    completed = len(checkpoints.epochs)
    if completed and not checkpoints.finished:
        checkpoints.restore(model, completed)
    if not checkpoints.finished:
        model.fit(
            train_data,
            validation_data=validation_data,
            initial_epoch=completed,
            epochs=config.epochs,
            verbose=0,
            shuffle=False,
            callbacks=[
                train_data.epoch_callback(),
                keras.callbacks.LambdaCallback(
                    on_epoch_begin=lambda epoch, logs: _seed_epoch(seed, epoch)
                ),
                StopAtNonFinite(train_data, validation_data, features),
                checkpoints,
                *callbacks,
                *options.callbacks(),
            ],
        )
    checkpoints.restore(model, checkpoints.epochs.best)
    return checkpoints.epochs


def _seed_epoch(seed: int, epoch: int) -> None:
    """Seed the global generators from seed and epoch, so that resumed runs draw the same numbers.

    Keras 3.15 on PyTorch draws dropout without a seed from the global generator of PyTorch, which
    is not part of the variables of a model.
    """
    mixed = np.random.SeedSequence([seed, epoch]).generate_state(1)[0]
    keras.utils.set_random_seed(int(mixed))


def _prepare(folder: Path, config: Any, options: RunOptions) -> None:
    """Prepare the folder of a run: retain its checkpoints only if the run can be resumed."""
    path = folder / SETTINGS
    settings = asdict(config)
    # A run may be extended to more epochs, unless the learning rate decays over all of them.
    if not settings.get("decay"):
        del settings["epochs"]
    current = {"format": FORMAT, **json.loads(json.dumps(settings))}
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    if options.resume and found is not None and found != current:
        options.console.print(
            f"{folder} is of a run with other settings: the run is restarted", highlight=False
        )
    if not options.resume or found != current:
        _clear(folder)
    write_json(path, current, "the settings of the run")


def _clear(folder: Path) -> None:
    """Remove the checkpoints of an earlier run. Its model is retained until it is replaced."""
    # Removed first: without this file nothing is resumed, so a partly cleared folder is safe.
    (folder / SETTINGS).unlink(missing_ok=True)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in MODEL_FILES:
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
