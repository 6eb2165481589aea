"""`HashedDense` equals `Dense` on encoded bins, in values and gradients."""

import warnings

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


@each_mode
@pytest.mark.parametrize("whole_model", [False, True])
def test_quantized_kernel_gives_similar_outputs(mode, whole_model, tmp_path):
    model, _ = pair(mode)
    want = model.predict(IDS, verbose=0)
    layer = model.layers[-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras cannot quantize its own `InputLayer`
        (model if whole_model else layer).quantize("int8")
    assert keras.backend.standardize_dtype(layer.kernel.dtype) == "int8"
    assert [tuple(w.shape) for w in layer.trainable_weights] == [(UNITS,)]
    got = to_numpy(model(IDS))
    np.testing.assert_allclose(got, want, atol=0.05)
    assert np.abs(got - want).max() > 0
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(IDS, verbose=0), got, atol=1e-6)
    assert loaded.layers[-1].quantization_mode == "int8"


def test_quantize_raises_for_other_modes_and_subclasses():
    class Subclass(HashedDense):
        pass

    for layer, mode in ((HashedDense(UNITS, BINS), "int4"), (Subclass(UNITS, BINS), "int8")):
        layer(IDS)
        with pytest.raises(NotImplementedError, match="must be 'int8', on a `HashedDense`"):
            layer.quantize(mode)
    layer = HashedDense(UNITS, BINS)
    layer(IDS)
    layer.quantize("int8")
    with pytest.raises(ValueError, match="already quantized"):
        layer.quantize("int8")


def test_integers_of_numpy_have_64_bits():
    floatx = keras.config.floatx()
    try:
        keras.config.set_floatx("bfloat16")
        layer = HashedDense(1, 500, "count", kernel_initializer="ones", dtype="float32")
        half = HashedDense(1, 500, "count", kernel_initializer="ones")
        ids = np.array([[2**32 + 1, -(2**32), 499, 257], [500, -1, 0, 499]])
        for called in (layer, half):
            assert to_numpy(keras.ops.cast(called(ids), "float32")).tolist() == [[2], [2]]
        unsigned = np.array([[2**64 - 1, 2**32, 1]], "uint64")
        assert to_numpy(layer(unsigned)).tolist() == [[1]]
    finally:
        keras.config.set_floatx(floatx)


@each_mode
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_bfloat16"])
def test_half_precision(mode, dtype):
    weights = np.random.default_rng(0).normal(size=(BINS, UNITS)), np.zeros(UNITS)
    outputs = []
    for name in ("float32", dtype):
        layer = HashedDense(UNITS, BINS, mode, dtype=name)
        layer(IDS)
        layer.set_weights(weights)
        outputs.append(to_numpy(keras.ops.cast(layer(IDS), "float32")))
    np.testing.assert_allclose(outputs[1], outputs[0], atol=0.1)


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
