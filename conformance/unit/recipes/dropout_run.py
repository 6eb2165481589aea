"""Small run with dropout, executed in this process or in a process that is killed.

    python -m conformance.unit.recipes.dropout_run FOLDER PLACE

A resumed run equals an uninterrupted one only if all random numbers of dropout, the moments of
Adam and the order of the windows are restored.
"""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from rich.console import Console

from keras_seqext import TimeseriesWindow
from recipes._engine import checkpoint
from recipes._engine.run_options import RunOptions
from recipes._engine.training import train

LONG = bool(os.environ.get("KERAS_SEQEXT_LONG"))
EPOCHS, SEED = 5, 7
PLACES = ("batch", "validation", "journal", "removal")  # in the third epoch


@dataclass(frozen=True)
class Settings:
    epochs: int = EPOCHS
    patience: int = 4


def windows():
    draw = np.random.default_rng(0)
    rows = np.stack([np.sin(np.arange(600) / 7) + draw.normal(0, 0.1, 600), draw.normal(size=600)])
    return TimeseriesWindow.split(
        rows.T, 0, lookback=8, delay=2, batch_size=32, shuffle=True, seed=3
    )


def model():
    keras.utils.set_random_seed(SEED)
    # A recurrent layer takes longest to compile and stores its seeds like the others, so it is
    # part of the long tests only.
    first = [keras.layers.Flatten(), keras.layers.Dense(6, "tanh")]
    if LONG:
        first = [keras.layers.GRU(6, dropout=0.2, recurrent_dropout=0.2)]
    layers = [
        *first,
        keras.layers.GaussianNoise(0.1),
        keras.layers.Dropout(0.4),
        keras.layers.Dense(1),
    ]
    net = keras.Sequential([keras.Input((8, 2)), *layers])
    net.compile(keras.optimizers.Adam(0.02), "mae", metrics=["mse"])
    return net


def run(folder, resume=False, callbacks=(), epochs=EPOCHS):
    """Return the metrics of all epochs and the weights of the best epoch."""
    parts, net = windows(), model()
    options = RunOptions(folder, folder, Console(quiet=True), resume=resume)
    found = train(
        net, parts.train, parts.validation, Settings(epochs), SEED, folder, options, callbacks, "ab"
    )
    return found.metrics, net.get_weights()


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


class Killer(keras.callbacks.Callback):
    """Callback that kills this process in the third epoch."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def on_epoch_begin(self, epoch, logs=None):
        self.third = epoch == 2
        if self.third and self.place == "journal":
            checkpoint.write_json = die
        if self.third and self.place == "removal":
            checkpoint.Checkpoints._remove_others = die

    def on_train_batch_end(self, batch, logs=None):
        if self.third and self.place == "batch" and batch == 4:
            die()

    def on_test_batch_end(self, batch, logs=None):
        if self.third and self.place == "validation":
            die()


if __name__ == "__main__":
    run(Path(sys.argv[1]), callbacks=[Killer(sys.argv[2])])
