"""`fit`, `evaluate` and `predict` use every window once, in a reproducible order."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_seqext import TimeseriesWindow

ROWS, LOOKBACK, BATCH = 103, 8, 16


class Recorder(TimeseriesWindow):
    """Dataset that records epoch, index and targets of each batch that Keras requests."""

    seen: list

    def __getitem__(self, index):
        batch = super().__getitem__(index)
        self.__dict__.setdefault("seen", []).append((self.epoch, index, batch[1].tolist()))
        return batch


def series():
    return np.arange(ROWS, dtype="float32")


def model():
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Flatten(), keras.layers.Dense(1)]
    net = keras.Sequential([keras.Input((LOOKBACK // 2, 1)), *layers])
    net.compile(optimizer=keras.optimizers.SGD(1e-7), loss="mse")
    return net


def windows(cls=TimeseriesWindow, **kwargs):
    options = dict(lookback=LOOKBACK, step=2, delay=3, batch_size=BATCH, seed=11, **kwargs)
    return cls(series(), **options)


class InputCounter(keras.layers.Layer):
    """Layer that counts and sums, on the device, the inputs that training uses."""

    def build(self, input_shape):
        self.total = self.add_weight(shape=(), initializer="zeros", trainable=False, name="total")
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")
        self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

    def call(self, inputs, training=False):
        if training:
            last = inputs[:, -1, 0]
            self.total.assign(self.total + keras.ops.sum(last))
            self.count.assign(self.count + keras.ops.cast(keras.ops.size(last), "float32"))
        return inputs[:, -1] * self.scale


@pytest.mark.parametrize(
    "options",
    [
        dict(workers=0),
        dict(workers=1),
        dict(workers=2),
        dict(workers=2, max_queue_size=3),
        dict(workers=2, use_multiprocessing=True),
    ],
    ids=["workers0", "workers1", "workers2", "workers2-short-queue", "processes"],
)
def test_training_uses_every_window_once_per_epoch(options):
    dataset = windows(shuffle=True, **options)
    counter = InputCounter()
    net = keras.Sequential([keras.Input((LOOKBACK // 2, 1)), counter])
    net.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
    ends = dataset.ends_in_time(0, dataset.num_windows)
    for epoch in range(1, 3):
        net.fit(dataset, epochs=1, verbose=0, shuffle=False)
        assert float(counter.count) == epoch * len(ends)
        assert float(counter.total) == epoch * ends.sum()
    loss = net.evaluate(dataset, verbose=0)
    assert np.isclose(loss, 9.0, rtol=1e-5)  # the target lies delay=3 rows after the last input
    assert net.predict(dataset, verbose=0).shape == (len(ends), 1)


def test_predictions_are_in_window_order():
    dataset = windows(workers=2)
    net = keras.Sequential([keras.Input((LOOKBACK // 2, 1)), InputCounter()])
    net.compile(loss="mse")
    predictions = net.predict(dataset, verbose=0)[:, 0]
    np.testing.assert_array_equal(predictions, dataset.ends_in_time(0, dataset.num_windows))


@pytest.mark.parametrize("shuffle", [False, True])
def test_steps_per_epoch_uses_every_window_once_per_pass(shuffle):
    dataset = windows(shuffle=True)
    dataset.set_epoch(0)
    counter = InputCounter()
    net = keras.Sequential([keras.Input((LOOKBACK // 2, 1)), counter])
    net.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
    ends = dataset.ends_in_time(0, dataset.num_windows)
    assert len(dataset) == 6
    net.fit(dataset, epochs=3, steps_per_epoch=2, verbose=0, shuffle=shuffle)
    assert float(counter.count) == len(ends)
    assert float(counter.total) == ends.sum()


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_epoch_callback_determines_the_order(workers):
    dataset = windows(Recorder, shuffle=True, workers=workers)
    model().fit(dataset, epochs=3, verbose=0, shuffle=False, callbacks=[dataset.epoch_callback()])
    expected = windows(shuffle=True)
    for epoch in range(3):
        expected.set_epoch(epoch)
        # Keras may read batches before it trains, so an index can occur twice. Its content is
        # always the same within an epoch.
        seen = {index: values for at, index, values in dataset.seen if at == epoch}
        assert seen == {i: expected[i][1].tolist() for i in range(len(expected))}


def test_fit_without_callback_has_a_new_order_in_each_epoch():
    dataset = windows(Recorder, shuffle=True)
    model().fit(dataset, epochs=3, verbose=0)
    orders = {
        tuple(values)
        for epoch, index, values in dataset.seen
        if index == 0 and epoch in {e for e, *_ in dataset.seen[-3 * len(dataset) :]}
    }
    assert len(orders) >= 3


def test_another_backend_gives_the_same_batches():
    script = (
        "import json, numpy as np\n"
        "from keras_seqext import TimeseriesWindow\n"
        "d = TimeseriesWindow(np.arange(103.0), lookback=8, step=2, delay=3, batch_size=16,"
        " seed=11, shuffle=True)\n"
        "d.set_epoch(4)\n"
        "print(json.dumps([d[i][1].tolist() for i in range(len(d))]))"
    )
    other = {"tensorflow": "jax", "jax": "tensorflow", "torch": "jax"}[keras.backend.backend()]
    pytest.importorskip(other)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KERAS_BACKEND": other},
        capture_output=True,
        text=True,
        check=True,
    )
    here = windows(shuffle=True)
    here.set_epoch(4)
    assert json.loads(done.stdout.splitlines()[-1]) == [
        here[i][1].tolist() for i in range(len(here))
    ]


def test_training_with_mask_and_sample_weight_has_a_finite_loss():
    values = series() / ROWS
    values[[20, 21, 60]] = np.nan
    dataset = TimeseriesWindow(
        values, lookback=4, delay=1, missing="mask", batch_size=BATCH, shuffle=True, seed=0
    )
    inputs = {
        "values": keras.Input((4, 1), name="values"),
        "mask": keras.Input((4,), dtype="bool", name="mask"),
    }
    hidden = keras.layers.GRU(3)(inputs["values"], mask=inputs["mask"])
    net = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    net.compile("adam", "mse")
    history = net.fit(dataset, epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
