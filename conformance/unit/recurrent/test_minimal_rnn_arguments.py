"""Arguments, configuration and weights of MinimalRNN and its cell."""

import json

import keras
import numpy as np
import pytest

from keras_seqext.recurrent.minimal_rnn import MinimalRNN
from keras_seqext.recurrent.minimal_rnn_cell import MinimalRNNCell

from .helpers import BATCH, FEATURES, STEPS, UNITS, assert_close, sequences, state, with_weights

CLASSES = [MinimalRNN, MinimalRNNCell]
CELL_OPTIONS = {
    "activation": "relu",
    "use_bias": False,
    "kernel_initializer": "ones",
    "recurrent_initializer": "identity",
    "bias_initializer": "ones",
    "kernel_regularizer": keras.regularizers.L2(0.5),
    "recurrent_regularizer": "l1",
    "bias_regularizer": "l2",
    "kernel_constraint": "non_neg",
    "recurrent_constraint": keras.constraints.MaxNorm(0.5),
    "bias_constraint": "non_neg",
    "dropout": 0.25,
    "recurrent_dropout": 0.5,
    "seed": 11,
}
LAYER_OPTIONS = {
    "return_sequences": True,
    "return_state": True,
    "go_backwards": True,
    "stateful": True,
    "unroll": True,
    "zero_output_for_mask": True,
    "activity_regularizer": "l2",
}


def test_units_may_be_a_numpy_integer():
    assert MinimalRNN(np.int64(3)).get_config()["units"] == 3
    assert type(MinimalRNN(np.int64(3)).get_config()["units"]) is int


def test_initial_state_may_be_in_a_list():
    layer = with_weights(MinimalRNN(UNITS))
    results = [layer(sequences(), initial_state=s) for s in (state(), [state()], (state(),))]
    first, *others = map(keras.ops.convert_to_numpy, results)
    for other in others:
        np.testing.assert_array_equal(other, first)


@pytest.mark.parametrize("cls", CLASSES)
def test_config_round_trip_through_json(cls):
    options = CELL_OPTIONS | (LAYER_OPTIONS if cls is MinimalRNN else {})
    layer = cls(3, name="mine", dtype="mixed_bfloat16", **options)
    plain = cls(3, name="mine").get_config()
    config = layer.get_config()
    assert all(config[name] != plain.get(name) for name in options)
    text = json.dumps(keras.saving.serialize_keras_object(layer))
    again = keras.saving.deserialize_keras_object(json.loads(text))
    assert type(again) is cls
    assert again.get_config() == config
    assert again.name == "mine"
    assert again.dtype_policy.name == "mixed_bfloat16"


def test_from_config_does_not_modify_the_config():
    config = MinimalRNN(3, **CELL_OPTIONS, **LAYER_OPTIONS).get_config()
    text = json.dumps(config, default=str)
    for _ in range(2):
        MinimalRNN.from_config(config)
    assert json.dumps(config, default=str) == text
    assert "cell" not in config


@pytest.mark.parametrize("cls", CLASSES)
def test_registered_name(cls):
    assert keras.saving.get_registered_name(cls) == f"keras_seqext>{cls.__name__}"


@pytest.mark.parametrize("cls", CLASSES)
def test_docstring_distinguishes_other_layers_of_that_name(cls):
    start = " ".join(cls.__doc__.split()[:60])
    assert "Not the" in start and "keras.layers.RNN" in start and "Chen, 2017" in start


def test_regularizers_and_constraints_are_applied():
    layer = with_weights(
        MinimalRNN(
            UNITS,
            kernel_regularizer=keras.regularizers.L2(0.5),
            recurrent_regularizer="l1",
            bias_regularizer="l2",
            activity_regularizer=keras.regularizers.L2(0.25),
            kernel_constraint="non_neg",
        )
    )
    out = keras.ops.convert_to_numpy(layer(sequences()))
    kernel, recurrent_kernel, bias = layer.get_weights()
    # Versions of Keras differ in whether they divide the penalty by the batch size.
    penalized = keras.layers.Activation("linear", activity_regularizer=keras.regularizers.L2(0.25))
    penalized(out)
    expected = {
        0.5 * np.square(kernel).sum(),
        0.01 * np.abs(recurrent_kernel).sum(),
        0.01 * np.square(bias).sum(),
        float(keras.ops.convert_to_numpy(penalized.losses[0])),
    }
    got = sorted(float(keras.ops.convert_to_numpy(loss)) for loss in layer.losses)
    assert_close(got, sorted(expected))
    model = keras.Sequential([keras.Input((STEPS, FEATURES)), layer])
    model.compile("sgd", "mse")
    model.train_on_batch(sequences(), np.zeros((BATCH, UNITS)))
    assert layer.get_weights()[0].min() >= 0 > kernel.min()


def test_weights_are_created_in_build_and_can_be_frozen():
    layer = MinimalRNN(UNITS, trainable=False)
    assert not layer.weights
    with_weights(layer)
    assert not layer.trainable_weights and len(layer.non_trainable_weights) == 3
