"""Linear forecast from the whole window in closed form, a strong baseline.

Ridge regression by the normal equations, summed over batches. The penalty is on the distance from
the persistence baseline, so a large penalty gives the last value instead of zero. The penalty with
the smallest validation error is selected.
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
    """Set the weights of `model` instead of calling `fit`."""
    _, steps, features = model.input_shape
    size = steps * features + 1
    persistence = np.zeros(size)
    persistence[(steps - 1) * features + target] = 1.0
    moments, products = np.zeros((size, size)), np.zeros(size)
    for rows, targets in _batches(train):
        moments += rows.T @ rows
        products += rows.T @ (targets - rows @ persistence)
    lowest_error, best = np.inf, np.zeros(size)
    for penalty in PENALTIES:
        ridge = np.full(size, penalty)
        ridge[-1] = 0.0  # no penalty on the constant
        weights = persistence + np.linalg.solve(moments + np.diag(ridge), products)
        error = np.mean([np.abs(rows @ weights - y).mean() for rows, y in _batches(validation)])
        if error < lowest_error:
            lowest_error, best = error, weights
    model.layers[-1].set_weights([best[:-1, None], best[-1:]])


def _batches(windows):
    for place in range(len(windows)):
        x, y = (np.asarray(part, np.float64) for part in windows[place])
        flat = x.reshape(len(x), -1)
        yield np.concatenate([flat, np.ones((len(x), 1))], axis=1), y.reshape(-1)
