"""Training that keeps the best weights, stops in time, and can be taken up again."""

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
from .saved_model import OUTCOME

# Of the files in the folder of a run: what an older release left is not taken up.
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
    """Fits `model` and leaves it with the weights of its best epoch.

    Args:
        model: Built and compiled.
        train_data: Training batches, with an `epoch_callback`.
        validation_data: Validation batches; their loss decides. None: the last epoch is the best.
        config: How long to train; a dataclass.
        seed: Of what is drawn while training.
        folder: Where states and metrics of the run are kept.
        options: Whether to go on from what is in `folder`, and what else was asked for.
        callbacks: More callbacks.
        features: Names of the columns of the inputs, for messages.

    Returns:
        Metrics and seconds of every epoch, those before a resumption included.

    Raises:
        NonFinite: The loss became NaN or infinite; says at which batch, and why.
        NotWritten: The state cannot be written; what was written before stays.
    """
    _prepare(folder, config, options)
    checkpoints = Checkpoints(folder, config.patience)
    begun = len(checkpoints.epochs)
    if begun and not checkpoints.exhausted:
        checkpoints.restore(model, begun)
    if not checkpoints.exhausted:
        model.fit(
            train_data,
            validation_data=validation_data,
            initial_epoch=begun,
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
    """Makes draws a function of seed and epoch, for what has no generator of its own.

    Dropout without a seed draws from the one of torch (Keras 3.15), which no state of a model has.
    """
    mixed = np.random.SeedSequence([seed, epoch]).generate_state(1)[0]
    keras.utils.set_random_seed(int(mixed))


def _prepare(folder: Path, config: Any, options: RunOptions) -> None:
    """A folder with the earlier states of this very run, or with none."""
    path = folder / SETTINGS
    settings = asdict(config)
    # More epochs than before is how a run is prolonged, unless the learning rate falls over them.
    if not settings.get("decay"):
        del settings["epochs"]
    wanted = {"format": FORMAT, **json.loads(json.dumps(settings))}
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    if options.resume and found is not None and found != wanted:
        options.console.print(
            f"{folder} is of a run with other settings: this one begins anew", highlight=False
        )
    if not options.resume or found != wanted:
        _clear(folder)
    write_json(path, wanted, "the settings of the run")


def _clear(folder: Path) -> None:
    """Removes the states of an earlier run; its model stays until there is another."""
    # First: without it nothing here is taken up, so that a half cleared folder is an empty one.
    (folder / SETTINGS).unlink(missing_ok=True)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in OUTCOME:
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
