"""Ways to read all batches of a dataset in every epoch, with a count per window."""

import importlib.util
import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from conformance.benchmarks.measure.memory import anonymous_megabytes
from keras_seqext import TimeseriesWindow

WINDOWS, BATCH, LOOKBACK = 4_000, 16, 8
BATCHES = WINDOWS // BATCH  # per epoch

Watch = Callable[[int], None]


def dataset(**options: Any) -> TimeseriesWindow:
    """Return a dataset in which the target of each window is the number of the window."""
    rows = np.arange(WINDOWS + LOOKBACK - 1, dtype="float32") - (LOOKBACK - 1)
    return TimeseriesWindow(
        rows, lookback=LOOKBACK, delay=0, batch_size=BATCH, shuffle=True, seed=1, **options
    )


def window_numbers(batch: Any) -> Any:
    """Return the numbers of the windows in a batch.

    Raises:
        AssertionError: If the inputs do not belong to the targets.
    """
    x, y = batch
    if not (x[:, -1, 0] == y).all() or not (x[:, 0, 0] == y - (LOOKBACK - 1)).all():
        raise AssertionError("the rows of a window do not belong to its target")
    return y.astype(np.int64)


def threads(epochs: int, number: int, watch: Watch, **options: Any) -> Any:
    """Read one dataset from `number` threads; an idle thread takes the next batch.

    Returns:
        How often each window was read.
    """
    windows, counts = dataset(**options), np.zeros(WINDOWS, np.int64)
    lock, errors = threading.Lock(), []

    def read(places: Iterator[int]) -> None:
        try:
            while True:
                with lock:
                    place = next(places, None)
                if place is None:
                    return
                found = window_numbers(windows[place])
                with lock:
                    np.add.at(counts, found, 1)
        except BaseException as error:
            errors.append(error)

    for epoch in range(epochs):
        windows.set_epoch(epoch)
        places = iter(range(BATCHES))
        team = [threading.Thread(target=read, args=(places,)) for _ in range(number)]
        for thread in team:
            thread.start()
        for thread in team:
            thread.join()
        if errors:  # an error in a thread would otherwise only be printed
            raise errors[0]
        watch(epoch)
    return counts


def processes(epochs: int, number: int, watch: Watch) -> tuple[Any, list[dict[str, float]]]:
    """Read a share of the batches of every epoch in each of `number` processes.

    The dataset is pickled and sent to the processes.

    Returns:
        How often each window was read, and the memory of each process.
    """
    code = "from conformance.robustness.soak import readers; readers.read_share()"
    # The windows do not depend on the backend. NumPy starts fastest; Keras requires JAX for it.
    backend = {"KERAS_BACKEND": "numpy"} if importlib.util.find_spec("jax") else {}
    environment = {**os.environ, **backend}
    team = [
        subprocess.Popen(
            [sys.executable, "-c", code, *map(str, (share, number, epochs))],
            env=environment,
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
        )
        for share in range(number)
    ]
    pickled, counts, memory = pickle.dumps(dataset()), np.zeros(WINDOWS, np.int64), []
    for process in team:
        assert process.stdin is not None
        process.stdin.write(pickled)
        process.stdin.close()
    for process in team:
        assert process.stdout is not None
        with process:  # waits for its end and closes the pipes
            found = json.loads(process.stdout.read() or "null")
        if process.returncode:
            raise RuntimeError("A reading process failed; its error is printed above.")
        counts += np.array(found["counts"])
        memory.append({"start": found["start"], "end": found["end"]})
    watch(epochs - 1)
    return counts, memory


def read_share() -> None:
    """Read the share of one process, and print its counts and its memory as JSON."""
    share, number, epochs = map(int, sys.argv[1:])
    windows = pickle.loads(sys.stdin.buffer.read())
    counts, start = np.zeros(WINDOWS, np.int64), 0.0
    for epoch in range(epochs):
        windows.set_epoch(epoch)
        for place in range(share, BATCHES, number):
            np.add.at(counts, window_numbers(windows[place]), 1)
        if epoch == warm(epochs):
            start = anonymous_megabytes()
    found = {"counts": counts.tolist(), "start": start, "end": anonymous_megabytes()}
    print(json.dumps(found))


def fit(epochs: int, watch: Watch, **options: Any) -> Any:
    """Read the dataset in `model.fit`; a layer of the model counts its inputs.

    Counting inside the model includes every batch that Keras passes on, and only those.
    """
    import keras

    class Counting(keras.layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.seen = self.add_weight(
                shape=(WINDOWS,), initializer="zeros", dtype="int32", trainable=False, name="seen"
            )
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

        def call(self, inputs: Any, training: bool = False) -> Any:
            last = inputs[:, -1, 0]
            if training:
                window = keras.ops.cast(last, "int32")[:, None] == keras.ops.arange(WINDOWS)[None]
                self.seen.assign(self.seen + keras.ops.sum(keras.ops.cast(window, "int32"), axis=0))
            return last[:, None] * self.scale

    windows, layer = dataset(**options), Counting()
    model = keras.Sequential([keras.Input((LOOKBACK, 1)), layer])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    watcher = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: watch(epoch))
    callbacks = [windows.epoch_callback(), watcher]
    model.fit(windows, epochs=epochs, verbose=0, shuffle=False, callbacks=callbacks)
    return keras.ops.convert_to_numpy(layer.seen).astype(np.int64)


def warm(epochs: int) -> int:
    """Return the epoch after which memory is measured: caches are filled by then."""
    return epochs // 4


def by_name() -> dict[str, Callable[[int, Watch], Any]]:
    """Return all ways of reading by name. The names are stored in the results."""
    ways: dict[str, Callable[[int, Watch], Any]] = {
        "8 threads read one dataset": lambda epochs, watch: threads(epochs, 8, watch),
        "8 threads read a dataset with workers=4": lambda epochs, watch: threads(
            epochs, 8, watch, workers=4
        ),
        "4 processes read a pickled dataset": lambda epochs, watch: processes(epochs, 4, watch),
        "fit, workers=8": lambda epochs, watch: fit(epochs, watch, workers=8),
        "fit, workers=4, use_multiprocessing=True": lambda epochs, watch: fit(
            epochs, watch, workers=4, use_multiprocessing=True
        ),
    }
    return ways
