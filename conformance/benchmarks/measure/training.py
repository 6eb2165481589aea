"""Models and training steps that several benchmarks use.

This module requires only Keras, NumPy and this package.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import keras
import numpy as np

from keras_seqext import TimeseriesWindow

Arrays = dict[str, np.ndarray]

# Chollet, *Deep Learning with Python* (2017), chapter 6: windows of ten days of hourly rows.
CHAPTER = {"lookback": 1440, "delay": 144, "step": 6, "batch_size": 128}
CHAPTER_SHAPE = (420_451, 14)


def chapter_rows(shape: tuple[int, int] = CHAPTER_SHAPE) -> np.ndarray:
    """Return random numbers with the shape of the Jena weather series."""
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def sequence_batch(
    batch: int, steps: int, features: int, batches: int = 1
) -> tuple[Arrays, np.ndarray]:
    """Return sequences, right-padded masks and one target per sequence.

    The lengths are between a quarter of the steps and all steps.
    """
    rng = np.random.default_rng(0)
    rows = batch * batches
    lengths = rng.integers(steps // 4, steps + 1, size=(rows, 1))
    x = rng.normal(size=(rows, steps, features)).astype(np.float32)
    return {"x": x, "mask": np.arange(steps) < lengths}, rng.normal(size=(rows, 1))


def model_of(layer: keras.layers.Layer, steps: int, features: int, masked: bool) -> keras.Model:
    """Return a compiled model of the layer and one output unit."""
    inputs = {"x": keras.Input((steps, features), name="x")}
    if masked:
        inputs["mask"] = keras.Input((steps,), dtype="bool", name="mask")
    hidden = layer(inputs["x"], mask=inputs["mask"]) if masked else layer(inputs["x"])
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    model.compile("adam", "mse")
    return model


def training_step(
    layer: keras.layers.Layer, arrays: Arrays, targets: np.ndarray, batch: int, masked: bool
) -> Callable[[], object]:
    """Return a function that trains on all rows once in batches and waits for the loss."""
    _, steps, features = arrays["x"].shape
    model = model_of(layer, steps, features, masked)
    given = arrays if masked else {"x": arrays["x"]}
    if len(targets) == batch:
        return lambda: model.train_on_batch(given, targets)
    return lambda: model.fit(given, targets, batch_size=batch, shuffle=False, verbose=0)


class TimedBatches(keras.utils.PyDataset):
    """Returns the batches of another dataset and measures the time to make them."""

    def __init__(self, dataset: TimeseriesWindow, count: int) -> None:
        super().__init__()
        self.dataset, self.count, self.seconds = dataset, count, 0.0

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Any:
        start = perf_counter()
        batch = self.dataset[index]
        self.seconds += perf_counter() - start
        return batch


class SameBatch(keras.utils.PyDataset):
    """Returns the same batch every time, for training that never waits for data."""

    def __init__(self, batch: Any, count: int) -> None:
        super().__init__()
        self.batch, self.count = batch, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Any:
        return self.batch


def waiting(units: int, rows: np.ndarray, seconds: float, rounds: int) -> dict[str, Any]:
    """Measure the share of `fit` of a GRU that is spent on making windows.

    Args:
        units: Number of units of the GRU.
        rows: The series.
        seconds: Approximate duration of a round, which determines its number of batches.
        rounds: Number of rounds. Each trains on windows and then on a repeated batch.

    Returns:
        The seconds per round and the share spent in the dataset. If a device computes while
        the next batch is made, training waits for less than that share.
    """
    windows = TimeseriesWindow(rows, 1, **CHAPTER, shuffle=True, seed=0)
    first = windows[0]
    model = keras.Sequential(
        [keras.Input(first[0].shape[1:]), keras.layers.GRU(units), keras.layers.Dense(1)]
    )
    model.compile("rmsprop", "mae")

    def fit(dataset: keras.utils.PyDataset) -> float:
        start = perf_counter()
        model.fit(dataset, shuffle=False, verbose=0)
        return perf_counter() - start

    fit(SameBatch(first, 2))  # compiles
    one = fit(SameBatch(first, 5)) / 5
    count = int(np.clip(seconds / one, 5, min(200, len(windows))))
    found: dict[str, Any] = {"batches": count, "windows": [], "same": [], "making": []}
    for _ in range(rounds):
        timed = TimedBatches(windows, count)
        found["windows"].append(fit(timed))
        found["making"].append(timed.seconds)
        found["same"].append(fit(SameBatch(first, count)))
    shares = np.array(found["making"]) / found["windows"]
    found["share"] = float(np.median(shares))
    found["slower"] = float(np.median(np.array(found["windows"]) / found["same"])) - 1
    return found


def bare_products(inputs: np.ndarray, units: int) -> Callable[[], object]:
    """Return a function that runs only the matrix products of a training step of a recurrence.

    XLA compiles them. Each product depends on the one before, in both directions.
    """
    # Samples are columns, as in `keras_seqext.recurrent._jax_columns`, the fastest known layout.
    import jax

    rng = np.random.default_rng(0)
    batch, steps, features = inputs.shape
    kernel = rng.normal(size=(features, units)).astype(np.float32)
    # Orthogonal, so that the norm of the state does not grow or vanish over the steps.
    recurrent = np.linalg.qr(rng.normal(size=(units, units)))[0].astype(np.float32)
    weights = np.concatenate([kernel, recurrent])

    def forward(state: jax.Array, inputs_t: jax.Array) -> tuple[jax.Array, jax.Array]:
        stacked = jax.numpy.concatenate([inputs_t, state])
        return weights.T @ stacked, stacked

    def backward(carry: Any, stacked: jax.Array) -> tuple[Any, None]:
        grad_state, grad_weights = carry
        return (recurrent @ grad_state, grad_weights + stacked @ grad_state.T), None

    @jax.jit
    def products(inputs: jax.Array, start: jax.Array) -> tuple[jax.Array, ...]:
        last, stacked = jax.lax.scan(forward, start, inputs)
        begin = last, jax.numpy.zeros_like(weights)
        grads: tuple[jax.Array, ...] = jax.lax.scan(backward, begin, stacked, reverse=True)[0]
        return grads

    time_major = jax.numpy.asarray(inputs.transpose(1, 2, 0))
    start = jax.numpy.ones((units, batch))
    return lambda: jax.block_until_ready(products(time_major, start))
