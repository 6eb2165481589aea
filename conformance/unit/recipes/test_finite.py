"""A loss that is no number stops the run at once, and the message says which batch and why."""

import re

import keras
import numpy as np
import pytest

from recipes._engine.finite_loss import NonFinite, StopAtNonFinite

STEPS, FEATURES = 3, ["temp", "humid", "wind"]


class Batches(keras.utils.PyDataset):
    """Four batches of random numbers, some spoiled."""

    def __init__(self, spoil=lambda index, x, y, w: None, scale=1.0):
        super().__init__()
        self.spoil, self.scale = spoil, scale

    def __len__(self):
        return 4

    def __getitem__(self, index):
        x = np.random.default_rng(index).normal(size=(8, STEPS, 3)).astype("float32")
        y, w = x[:, -1, 0] * self.scale, np.ones(8, "float32")
        self.spoil(index, x, y, w)
        return x, y, w


@pytest.fixture(scope="module")
def net():
    layers = [keras.layers.Flatten(), keras.layers.Dense(1)]
    return keras.Sequential([keras.Input((STEPS, 3)), *layers])


def fit(net, train, validation=None, rate=0.01, features=FEATURES):
    net.set_weights([np.zeros_like(weight) for weight in net.get_weights()])
    net.compile(keras.optimizers.SGD(rate), "mse")
    stop = StopAtNonFinite(train, validation, features)
    net.fit(train, validation_data=validation, epochs=2, verbose=0, shuffle=False, callbacks=[stop])


def put(where, index, place, value):
    def spoil(batch, x, y, w):
        if batch == index:
            {"x": x, "y": y, "w": w}[where][place] = value

    return spoil


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            put("x", 2, (4, 1, 1), np.nan),
            "loss is nan at training batch 2 of 4, counted from 0, in epoch 1. That batch holds "
            "NaN in the inputs of feature 'humid': 1 of 72 values, the first at [4, 1, 1]. Mend",
        ),
        (
            put("x", 0, (slice(1, 3), 0, slice(1, 3)), np.inf),
            "batch 0 of 4, counted from 0, in epoch 1. That batch holds inf in the inputs of "
            "feature 'humid' (and of 'wind'): 4 of 72 values, the first at [1, 0, 1]",
        ),
        (put("y", 3, 5, np.nan), "That batch holds NaN in the targets: 1 of 8 values, the first"),
        (put("w", 1, 0, np.nan), "That batch holds NaN in the sample weights: 1 of 8 values"),
    ],
    ids=["nan", "inf", "target", "weight"],
)
def test_the_batch_and_what_it_holds_are_named(net, spoil, words):
    with pytest.raises(NonFinite, match=re.escape(words)):
        fit(net, Batches(spoil))


def test_columns_without_names_are_numbered(net):
    with pytest.raises(NonFinite, match="of feature 2: 1 of 72"):
        fit(net, Batches(put("x", 0, (0, 0, 2), np.nan)), features=())


def test_validation_is_looked_at_too(net):
    with pytest.raises(NonFinite, match="validation batch 1 of 4, .* epoch 1. .* feature 'temp'"):
        fit(net, Batches(), Batches(put("x", 1, (0, 0, 0), np.nan)))


def test_finite_input_is_not_blamed(net):
    words = (
        r"batch [1-3] of 4.* Its inputs and targets are finite \(the largest input is \d\.\d+, of "
        r"feature '\w+'\), so it is the model: 2 of its 2 weights are not finite, the first is "
        r".*kernel. Lower the learning rate \(now 1e\+30\), or clip the gradients"
    )
    with pytest.raises(NonFinite, match=words):
        fit(net, Batches(), rate=1e30)


def test_an_output_too_large_for_the_loss_is_told_from_broken_weights(net):
    with pytest.raises(NonFinite, match="loss is inf .* its weights are finite still"):
        fit(net, Batches(scale=1e25), rate=0.0)


def test_finite_training_goes_on(net):
    fit(net, Batches(), Batches())
    assert np.isfinite(net.get_weights()[0]).all() and net.get_weights()[0].any()
