"""Models and training steps that several claims measure. Needs Keras, NumPy and the package."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import keras
import numpy as np

from keras_seqext import TimeseriesWindow

Arrays = dict[str, np.ndarray]

# The configuration of the weather chapter: ten days of hourly rows out of eight years.
CHAPTER = {"lookback": 1440, "delay": 144, "step": 6, "batch_size": 128}
CHAPTER_SHAPE = (420_451, 14)


def chapter_rows(shape: tuple[int, int] = CHAPTER_SHAPE) -> np.ndarray:
    """Numbers of the size of the Jena weather."""
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def sequence_batch(
    batch: int, steps: int, features: int, batches: int = 1
) -> tuple[Arrays, np.ndarray]:
    """Sequences, right-padded masks from a quarter of the length up, and a target each."""
    rng = np.random.default_rng(0)
    rows = batch * batches
    lengths = rng.integers(steps // 4, steps + 1, size=(rows, 1))
    x = rng.normal(size=(rows, steps, features)).astype(np.float32)
    return {"x": x, "mask": np.arange(steps) < lengths}, rng.normal(size=(rows, 1))


def model_of(layer: keras.layers.Layer, steps: int, features: int, masked: bool) -> keras.Model:
    """The layer and one output, ready to train."""
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
    """Trains on all rows once, a batch at a time, and waits for the loss."""
    _, steps, features = arrays["x"].shape
    model = model_of(layer, steps, features, masked)
    given = arrays if masked else {"x": arrays["x"]}
    if len(targets) == batch:
        return lambda: model.train_on_batch(given, targets)
    return lambda: model.fit(given, targets, batch_size=batch, shuffle=False, verbose=0)


class TimedBatches(keras.utils.PyDataset):
    """Hands through the batches of another dataset and adds up how long they took to make."""

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
    """One batch again and again: training that never waits for data."""

    def __init__(self, batch: Any, count: int) -> None:
        super().__init__()
        self.batch, self.count = batch, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Any:
        return self.batch


def waiting(units: int, rows: np.ndarray, seconds: float, rounds: int) -> dict[str, Any]:
    """How much of a `fit` of GRU(units) on the chapter's windows goes into making them.

    Args:
        units: Of the GRU.
        rows: The series.
        seconds: About how long a round may take; it decides how many batches it has.
        rounds: Each trains on windows, then on one batch again and again.

    Returns:
        Seconds a round, and the share spent inside the dataset. On a device that computes while
        the next batch is made, the true wait is shorter than that share.
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
    """The matrix products of a training step of a recurrence and nothing else, compiled by XLA.

    They wait for one another, each way. Samples are columns, which is the fastest way known here.
    """
    import jax

    rng = np.random.default_rng(0)
    batch, steps, features = inputs.shape
    kernel = rng.normal(size=(features, units)).astype(np.float32)
    # Orthogonal, so that nothing grows or fades over the steps.
    recurrent = np.linalg.qr(rng.normal(size=(units, units)))[0].astype(np.float32)
    weights = np.concatenate([kernel, recurrent])

    def forward(at: jax.Array, inputs_t: jax.Array) -> tuple[jax.Array, jax.Array]:
        stacked = jax.numpy.concatenate([inputs_t, at])
        return weights.T @ stacked, stacked

    def backward(carry: Any, stacked: jax.Array) -> tuple[Any, None]:
        at, into_weights = carry
        return (recurrent @ at, into_weights + stacked @ at.T), None

    @jax.jit
    def products(inputs: jax.Array, start: jax.Array) -> tuple[jax.Array, ...]:
        last, stacked = jax.lax.scan(forward, start, inputs)
        begin = last, jax.numpy.zeros_like(weights)
        into: tuple[jax.Array, ...] = jax.lax.scan(backward, begin, stacked, reverse=True)[0]
        return into

    by_time = jax.numpy.asarray(inputs.transpose(1, 2, 0))
    start = jax.numpy.ones((units, batch))
    return lambda: jax.block_until_ready(products(by_time, start))
