"""Ways to read all batches of a dataset, epoch after epoch, and a count of every window read."""

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
BATCHES = WINDOWS // BATCH  # an epoch

Watch = Callable[[int], None]


def dataset(**options: Any) -> TimeseriesWindow:
    """Windows whose one target is their own number."""
    rows = np.arange(WINDOWS + LOOKBACK - 1, dtype="float32") - (LOOKBACK - 1)
    return TimeseriesWindow(
        rows, lookback=LOOKBACK, delay=0, batch_size=BATCH, shuffle=True, seed=1, **options
    )


def windows_of(batch: Any) -> Any:
    """The numbers of the windows of a batch; the inputs have to be those of the targets."""
    x, y = batch
    if not (x[:, -1, 0] == y).all() or not (x[:, 0, 0] == y - (LOOKBACK - 1)).all():
        raise AssertionError("the rows of a window are not its own")
    return y.astype(np.int64)


def threads(epochs: int, number: int, watch: Watch, **options: Any) -> Any:
    """`number` threads read one dataset; whoever is free takes the next batch."""
    windows, counts = dataset(**options), np.zeros(WINDOWS, np.int64)
    lock, broken = threading.Lock(), []

    def read(places: Iterator[int]) -> None:
        try:
            while True:
                with lock:
                    place = next(places, None)
                if place is None:
                    return
                found = windows_of(windows[place])
                with lock:
                    np.add.at(counts, found, 1)
        except BaseException as error:
            broken.append(error)

    for epoch in range(epochs):
        windows.set_epoch(epoch)
        places = iter(range(BATCHES))
        team = [threading.Thread(target=read, args=(places,)) for _ in range(number)]
        for one in team:
            one.start()
        for one in team:
            one.join()
        if broken:
            raise broken[0]
        watch(epoch)
    return counts


def processes(epochs: int, number: int, watch: Watch) -> tuple[Any, list[dict[str, float]]]:
    """Each process reads its share of the batches of every epoch from a pickled dataset."""
    code = "from conformance.robustness.soak import readers; readers.read_share()"
    # What is read does not depend on the backend. This one starts fastest, and is made of JAX.
    fast = {"KERAS_BACKEND": "numpy"} if importlib.util.find_spec("jax") else {}
    environment = {**os.environ, **fast}
    team = [
        subprocess.Popen(
            [sys.executable, "-c", code, *map(str, (share, number, epochs))],
            env=environment,
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
        )
        for share in range(number)
    ]
    given, counts, memory = pickle.dumps(dataset()), np.zeros(WINDOWS, np.int64), []
    for one in team:
        assert one.stdin is not None
        one.stdin.write(given)
        one.stdin.close()
    for one in team:
        assert one.stdout is not None
        with one:  # waits, and closes what joins it to this process
            found = json.loads(one.stdout.read() or "null")
        if one.returncode:
            raise RuntimeError("a reading process failed; its error stands above")
        counts += np.array(found["counts"])
        memory.append({"start": found["start"], "end": found["end"]})
    watch(epochs - 1)
    return counts, memory


def read_share() -> None:
    """What one of the processes does; prints its counts and its memory."""
    share, number, epochs = map(int, sys.argv[1:])
    windows = pickle.loads(sys.stdin.buffer.read())
    counts, start = np.zeros(WINDOWS, np.int64), 0.0
    for epoch in range(epochs):
        windows.set_epoch(epoch)
        for place in range(share, BATCHES, number):
            np.add.at(counts, windows_of(windows[place]), 1)
        if epoch == warm(epochs):
            start = anonymous_megabytes()
    found = {"counts": counts.tolist(), "start": start, "end": anonymous_megabytes()}
    print(json.dumps(found))


def fit(epochs: int, watch: Watch, **options: Any) -> Any:
    """`model.fit` of Keras; a layer counts, where the training is, what it is given."""
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
                here = keras.ops.cast(last, "int32")[:, None] == keras.ops.arange(WINDOWS)[None]
                self.seen.assign(self.seen + keras.ops.sum(keras.ops.cast(here, "int32"), axis=0))
            return last[:, None] * self.scale

    windows, layer = dataset(**options), Counting()
    model = keras.Sequential([keras.Input((LOOKBACK, 1)), layer])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    watcher = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: watch(epoch))
    callbacks = [windows.epoch_callback(), watcher]
    model.fit(windows, epochs=epochs, verbose=0, shuffle=False, callbacks=callbacks)
    return keras.ops.convert_to_numpy(layer.seen).astype(np.int64)


def warm(epochs: int) -> int:
    """The epoch after which memory is counted: what is kept once is kept by then."""
    return epochs // 4


def by_name() -> dict[str, Callable[[int, Watch], Any]]:
    """All ways, by the words for them."""
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
