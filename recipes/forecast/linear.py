"""A linear forecast from the whole window, solved at once: a baseline few bother to beat.

Ridge regression by the normal equations, summed over batches. What is penalised is the distance
from the naive forecast, so that a large penalty gives the value now and not zero. Of the
penalties the one with the smallest validation error is kept.
"""

import keras
import numpy as np

from recipes._engine.forecast_config import Config

CONFIG = Config(title="least squares on the window", target_column=True)
PENALTIES = (1e1, 1e2, 1e3, 1e4, 1e5, 1e6)


def build(steps: int, features: int, target: int = 0) -> keras.Model:
    return keras.Sequential(
        [keras.Input((steps, features)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )


def solve(model: keras.Model, train: object, validation: object, target: int) -> None:
    """Sets the weights of `model`, instead of `fit`."""
    _, steps, features = model.input_shape
    size = steps * features + 1
    naive = np.zeros(size)
    naive[(steps - 1) * features + target] = 1.0
    moments, products = np.zeros((size, size)), np.zeros(size)
    for rows, targets in _batches(train):
        moments += rows.T @ rows
        products += rows.T @ (targets - rows @ naive)
    best, kept = np.inf, np.zeros(size)
    for penalty in PENALTIES:
        ridge = np.full(size, penalty)
        ridge[-1] = 0.0  # the constant is free
        weights = naive + np.linalg.solve(moments + np.diag(ridge), products)
        error = np.mean([np.abs(rows @ weights - y).mean() for rows, y in _batches(validation)])
        if error < best:
            best, kept = error, weights
    model.layers[-1].set_weights([kept[:-1, None], kept[-1:]])


def _batches(windows):
    for place in range(len(windows)):
        x, y = (np.asarray(part, np.float64) for part in windows[place])
        flat = x.reshape(len(x), -1)
        yield np.concatenate([flat, np.ones((len(x), 1))], axis=1), y.reshape(-1)
