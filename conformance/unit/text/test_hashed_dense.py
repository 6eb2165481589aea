"""`HashedDense` equals `Dense` on encoded bins, in values and gradients."""

import keras
import numpy as np
import pytest

from conftest import to_numpy
from keras_seqext import HashedDense, HashingOneHot

BINS, UNITS = 7, 3
IDS = np.array([[3, 1, 1, 6], [0, 0, 0, 2], [5, 4, 3, 2]], "int32")
MODES = ("one_hot", "multi_hot", "count")
each_mode = pytest.mark.parametrize("mode", MODES)


def pair(mode):
    """Return models of `HashedDense` and of `Dense` with the same weights."""
    inputs = keras.Input((IDS.shape[1],), dtype="int32")
    encoder = HashingOneHot(BINS, output_mode=mode).encoder()
    dense = keras.layers.Dense(UNITS, activation="tanh")
    multiplied = keras.Model(inputs, dense(encoder(inputs)))
    looked_up = keras.Model(inputs, HashedDense(UNITS, BINS, mode, activation="tanh")(inputs))
    weights = [np.random.default_rng(0).normal(size=w.shape) for w in multiplied.weights]
    for model in (looked_up, multiplied):
        model.set_weights(weights)
        model.compile(keras.optimizers.SGD(0.5), "mse")
    return looked_up, multiplied


@each_mode
def test_equal_to_one_hot_times_kernel(mode):
    looked_up, multiplied = pair(mode)
    np.testing.assert_allclose(looked_up.predict(IDS), multiplied.predict(IDS), atol=1e-6)


@each_mode
def test_training_updates_the_weights_equally(mode):
    models = pair(mode)
    targets = np.random.default_rng(1).normal(size=models[0].output_shape[1:])
    for model in models:
        model.train_on_batch(IDS, np.broadcast_to(targets, (len(IDS), *targets.shape)))
    for ours, theirs in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@each_mode
def test_ids_out_of_range_are_ignored(mode):
    layer = HashedDense(UNITS, BINS, mode, kernel_initializer="ones")
    found = to_numpy(layer(np.array([[2, -1, BINS, 2]])))
    expected = {"one_hot": [1, 0, 0, 1], "multi_hot": 1, "count": 2}[mode]
    np.testing.assert_array_equal(found[0, ..., 0], expected)


@each_mode
def test_saved_layer_gives_the_same_outputs(mode, tmp_path):
    looked_up, _ = pair(mode)
    looked_up.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(IDS), looked_up.predict(IDS))


def test_a_mask_is_passed_on_if_the_output_has_steps():
    mask = np.array([[True, False]])
    assert HashedDense(UNITS, BINS).compute_mask(None, mask) is mask
    assert HashedDense(UNITS, BINS, "count").compute_mask(None, mask) is None


def test_invalid_arguments_raise():
    with pytest.raises(ValueError, match="`output_mode` must be one of.*Received: .*'int'"):
        HashedDense(UNITS, BINS, "int")
    with pytest.raises(ValueError, match="num_bins"):
        HashedDense(UNITS, 0)
    with pytest.raises(TypeError, match="must be integers.*float32"):
        HashedDense(UNITS, BINS)(np.ones((1, 2), "float32"))
