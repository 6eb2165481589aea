"""`fit`, `evaluate` and `predict` see every window once, in an order that can be set."""

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
    """Notes the targets of each batch that Keras asks for, with the epoch and the index."""

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


class Targets(keras.layers.Layer):
    """Stands where a model would and counts, on the device, what training really sees."""

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
def test_training_sees_every_window_once_an_epoch(options):
    dataset = windows(shuffle=True, **options)
    counter = Targets()
    net = keras.Sequential([keras.Input((LOOKBACK // 2, 1)), counter])
    net.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
    ends = dataset.ends_in_time(0, dataset.num_windows)
    for epoch in range(1, 3):
        net.fit(dataset, epochs=1, verbose=0, shuffle=False)
        assert float(counter.count) == epoch * len(ends)
        assert float(counter.total) == epoch * ends.sum()
    loss = net.evaluate(dataset, verbose=0)
    assert np.isclose(loss, 9.0, rtol=1e-5)  # the target lies delay=3 further on
    assert net.predict(dataset, verbose=0).shape == (len(ends), 1)


def test_predictions_are_in_the_order_of_the_windows():
    dataset = windows(workers=2)
    net = keras.Sequential([keras.Input((LOOKBACK // 2, 1)), Targets()])
    net.compile(loss="mse")
    predictions = net.predict(dataset, verbose=0)[:, 0]
    np.testing.assert_array_equal(predictions, dataset.ends_in_time(0, dataset.num_windows))


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_the_epoch_callback_decides_the_order(workers):
    dataset = windows(Recorder, shuffle=True, workers=workers)
    model().fit(dataset, epochs=3, verbose=0, shuffle=False, callbacks=[dataset.epoch_callback()])
    expected = windows(shuffle=True)
    for epoch in range(3):
        expected.set_epoch(epoch)
        # Keras may look at batches before it trains, so an index can come twice; what it holds
        # in an epoch is always the same.
        seen = {index: values for at, index, values in dataset.seen if at == epoch}
        assert seen == {i: expected[i][1].tolist() for i in range(len(expected))}


def test_a_plain_fit_gets_a_new_order_each_epoch():
    dataset = windows(Recorder, shuffle=True)
    model().fit(dataset, epochs=3, verbose=0)
    orders = {
        tuple(values)
        for epoch, index, values in dataset.seen
        if index == 0 and epoch in {e for e, *_ in dataset.seen[-3 * len(dataset) :]}
    }
    assert len(orders) >= 3


def test_all_backends_agree_on_every_batch():
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


def test_a_mask_reaches_the_layer_and_weights_the_loss():
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
