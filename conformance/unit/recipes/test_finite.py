"""A loss that is not finite stops the run with the batch and the cause."""

import re

import keras
import numpy as np
import pytest

from recipes._engine.finite_loss import NonFinite, StopAtNonFinite

STEPS, FEATURES = 3, ["temp", "humid", "wind"]


class Batches(keras.utils.PyDataset):
    """Four batches of random numbers, some with invalid values."""

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
            "loss is nan at training batch 2 of 4 (counted from 0), in epoch 1. That batch contains"
            " NaN in the inputs of feature 'humid': 1 of 72 values, the first at [4, 1, 1]. Fix",
        ),
        (
            put("x", 0, (slice(1, 3), 0, slice(1, 3)), np.inf),
            "batch 0 of 4 (counted from 0), in epoch 1. That batch contains inf in the inputs of "
            "feature 'humid' (and of 'wind'): 4 of 72 values, the first at [1, 0, 1]",
        ),
        (
            put("y", 3, 5, np.nan),
            "That batch contains NaN in the targets: 1 of 8 values, the first",
        ),
        (put("w", 1, 0, np.nan), "That batch contains NaN in the sample weights: 1 of 8 values"),
    ],
    ids=["nan", "inf", "target", "weight"],
)
def test_message_names_the_batch_and_its_values(net, spoil, words):
    with pytest.raises(NonFinite, match=re.escape(words)):
        fit(net, Batches(spoil))


def test_columns_without_names_are_numbered(net):
    with pytest.raises(NonFinite, match="of feature 2: 1 of 72"):
        fit(net, Batches(put("x", 0, (0, 0, 2), np.nan)), features=())


def test_validation_batches_are_checked(net):
    with pytest.raises(NonFinite, match=r"validation batch 1 of 4 \(.* epoch 1. .* feature 'temp'"):
        fit(net, Batches(), Batches(put("x", 1, (0, 0, 0), np.nan)))


def test_model_is_the_cause_if_the_input_is_finite(net):
    words = (
        r"batch [1-3] of 4.* Its inputs and targets are finite \(the largest input is \d\.\d+, of "
        r"feature '\w+'\), so the model is the cause: 2 of its 2 weights are not finite, the "
        r"first is .*kernel. Lower the learning rate \(now 1e\+30\), or clip the gradients"
    )
    with pytest.raises(NonFinite, match=words):
        fit(net, Batches(), rate=1e30)


def test_too_large_output_is_distinguished_from_invalid_weights(net):
    with pytest.raises(NonFinite, match="loss is inf .* its weights are finite, but"):
        fit(net, Batches(scale=1e25), rate=0.0)


def test_finite_training_continues(net):
    fit(net, Batches(), Batches())
    assert np.isfinite(net.get_weights()[0]).all() and net.get_weights()[0].any()
