"""Layers of dtype float16 and bfloat16, whose weights no linear algebra can initialise."""

import keras
import numpy as np
import pytest

from keras_seqext import (
    HashedDense,
    MaskedGlobalAttentionPooling1D,
    MinimalRNN,
    MinimalRNNCell,
)

SEQUENCES = np.ones((2, 5, 4), "float32")
IDS = np.ones((2, 3), "int32")
LAYERS = {
    "MinimalRNN": (lambda dtype: MinimalRNN(3, dtype=dtype), SEQUENCES),
    "RNN(MinimalRNNCell)": (
        lambda dtype: keras.layers.RNN(MinimalRNNCell(3, dtype=dtype), dtype=dtype),
        SEQUENCES,
    ),
    "attention": (
        lambda dtype: MaskedGlobalAttentionPooling1D(
            units=3, kernel_initializer="orthogonal", dtype=dtype
        ),
        SEQUENCES,
    ),
    "HashedDense": (
        lambda dtype: HashedDense(3, num_bins=8, kernel_initializer="orthogonal", dtype=dtype),
        IDS,
    ),
}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", LAYERS)
def test_orthogonal_weights_in_half_precision(name, dtype):
    make, inputs = LAYERS[name]
    layer = make(dtype)
    outputs = layer(inputs)
    assert keras.backend.standardize_dtype(outputs.dtype) == dtype
    assert {keras.backend.standardize_dtype(weight.dtype) for weight in layer.weights} == {dtype}
    assert np.isfinite(np.asarray(keras.ops.convert_to_numpy(outputs), "float32")).all()


def test_weights_in_float32_are_those_of_keras():
    mine = MinimalRNNCell(3, kernel_initializer=keras.initializers.GlorotUniform(1))
    theirs = keras.layers.SimpleRNNCell(3, kernel_initializer=keras.initializers.GlorotUniform(1))
    for cell in (mine, theirs):
        cell.build((None, 4))
    np.testing.assert_array_equal(*(keras.ops.convert_to_numpy(c.kernel) for c in (mine, theirs)))
