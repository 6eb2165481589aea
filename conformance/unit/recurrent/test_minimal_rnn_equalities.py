"""Equality of MinimalRNN, RNN(MinimalRNNCell), SimpleRNN and the NumPy reference."""

import itertools
from functools import partial

import keras
import numpy as np
import pytest

from keras_seqext.recurrent.minimal_rnn import MinimalRNN
from keras_seqext.recurrent.minimal_rnn_cell import MinimalRNNCell
from keras_seqext.recurrent.minimal_rnn_reference import minimal_rnn

from .helpers import (
    BACKEND,
    MASKS,
    STEPS,
    UNITS,
    assert_close,
    reference_gradients,
    sequences,
    state,
    value_and_gradients,
    weights,
    with_weights,
)

LAYERS = {
    "kernel": lambda **options: MinimalRNN(UNITS, **options),
    "unrolled": lambda **options: MinimalRNN(UNITS, unroll=True, **options),
    # The layer does not recognize a lambda as tanh and uses the general loop.
    "loop": lambda **options: MinimalRNN(UNITS, activation=lambda x: keras.ops.tanh(x), **options),
    "cell": lambda **options: keras.layers.RNN(MinimalRNNCell(UNITS), **options),
    "SimpleRNN": lambda **options: keras.layers.SimpleRNN(UNITS, **options),
}
OPTIONS = [
    dict(zip(("return_sequences", "go_backwards"), pair, strict=True))
    for pair in itertools.product((False, True), repeat=2)
]


def stacked(names):
    """Return one batch with the rows of all these masks, so that each layer is traced once."""
    repeats = len(names)
    mask = np.concatenate([MASKS[name] for name in names])
    return np.tile(sequences(), (repeats, 1, 1)), np.tile(state(), (repeats, 1)), mask


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_outputs_and_states_equal_the_reference(name, masked, options):
    x, _, mask = stacked([name for name, mask in MASKS.items() if mask is not None])
    options = options | {"return_state": True}
    layer = with_weights(LAYERS[name](**options))
    mask = mask if masked else None
    expected = minimal_rnn(x, *weights(), mask=mask, **options)
    for got, wanted in zip(layer(x, mask=mask), expected, strict=True):
        assert_close(keras.ops.convert_to_numpy(got), wanted)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("options", [OPTIONS[0], OPTIONS[3]], ids=str)
@pytest.mark.parametrize("name", LAYERS)
def test_gradients_equal_the_reference(name, options, masked):
    # If the first processed step is masked, Keras on JAX returns the initial state instead of zero.
    keras_on_jax = name in ("cell", "SimpleRNN") and BACKEND == "jax"
    first_is_valid = ["left" if options["go_backwards"] else "right"]
    x, start, mask = stacked(
        first_is_valid if keras_on_jax else ["right", "left", "scattered", "empty row"]
    )
    mask = mask if masked else None
    options = options | {"return_state": True}
    layer = with_weights(LAYERS[name](**options))
    expected = minimal_rnn(x, *weights(), initial_state=start, mask=mask, **options)
    rng = np.random.default_rng(7)
    cotangents = [rng.normal(size=y.shape) for y in expected]
    outputs, gradients = value_and_gradients(
        layer, [x, start], lambda x, start: layer(x, initial_state=start, mask=mask), cotangents
    )
    for got, wanted in zip(outputs, expected, strict=True):
        assert_close(got, wanted)
    expected = reference_gradients([x, start, *weights()], cotangents, mask=mask, **options)
    for got, wanted in zip(gradients, expected, strict=True):
        assert_close(got, wanted, 2e-5)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", ["tanh", "relu", "softmax", None])
def test_activations_and_bias_agree_with_simple_rnn(activation, bias):
    ours = MinimalRNN(UNITS, activation=activation, use_bias=bias, return_sequences=True)
    theirs = keras.layers.SimpleRNN(
        UNITS, activation=activation, use_bias=bias, return_sequences=True
    )
    results = []
    for layer in (with_weights(ours), with_weights(theirs)):
        cotangent = np.random.default_rng(3).normal(size=(len(sequences()), STEPS, UNITS))
        results.append(
            value_and_gradients(
                layer, [sequences()], partial(layer, mask=MASKS["right"]), [cotangent]
            )
        )
    (ours_out, ours_grad), (keras_out, keras_grad) = results
    assert len(ours_grad) == (4 if bias else 3)
    for got, expected in zip(ours_out + ours_grad, keras_out + keras_grad, strict=True):
        assert_close(got, expected)


@pytest.mark.parametrize("bias", [True, False])
def test_weights_are_interchangeable_with_simple_rnn(bias):
    ours, theirs = MinimalRNN(UNITS, use_bias=bias), keras.layers.SimpleRNN(UNITS, use_bias=bias)
    x = sequences()
    assert not np.allclose(*(keras.ops.convert_to_numpy(layer(x)) for layer in (ours, theirs)))
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    theirs.set_weights([w + 0.1 for w in ours.get_weights()])
    ours.set_weights(theirs.get_weights())
    assert_close(*(keras.ops.convert_to_numpy(layer(x)) for layer in (ours, theirs)))
    theirs.set_weights([w + 0.1 for w in ours.get_weights()])
    assert not np.allclose(*(keras.ops.convert_to_numpy(layer(x)) for layer in (ours, theirs)))


def test_cell_computes_one_step():
    cell = MinimalRNNCell(UNITS)
    cell.build((None, sequences().shape[-1]))
    for variable, value in zip(cell.trainable_weights, weights(), strict=True):
        variable.assign(value)
    kernel, recurrent_kernel, bias = weights()
    x, start = sequences()[:, 0], state()
    expected = np.tanh(x @ kernel + start @ recurrent_kernel + bias)
    output, new_states = cell(x, [start])
    assert isinstance(new_states, list)
    assert_close(keras.ops.convert_to_numpy(output), expected)
    assert_close(keras.ops.convert_to_numpy(new_states[0]), expected)
    output, new_state = cell(x, keras.ops.convert_to_tensor(start))
    assert_close(keras.ops.convert_to_numpy(new_state), expected)


@pytest.mark.parametrize("sequences", [False, True])
def test_zeros_at_masked_steps_concern_sequences_only(sequences):
    """The documented difference from SimpleRNN, whose last output is zero if its step is masked."""
    options = {"zero_output_for_mask": True, "return_sequences": sequences}
    ours, theirs = MinimalRNN(3, **options), keras.layers.SimpleRNN(3, **options)
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    for layer in (ours, theirs):
        layer.build(x.shape)
    ours.set_weights(theirs.get_weights())
    mask = np.array([[1, 1, 1, 0, 0], [1, 0, 1, 1, 1]], bool)
    mine, other = (keras.ops.convert_to_numpy(layer(x, mask=mask)) for layer in (ours, theirs))
    if sequences:
        np.testing.assert_allclose(mine, other, atol=1e-5)
    else:
        short = keras.ops.convert_to_numpy(ours(x[:1, :3]))
        np.testing.assert_allclose(mine[:1], short, atol=1e-6)
        np.testing.assert_allclose(mine[1], other[1], atol=1e-5)
        assert not other[0].any()
