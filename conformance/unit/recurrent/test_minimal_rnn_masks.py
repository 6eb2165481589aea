"""Masks of MinimalRNN: isolation of masked steps, and outputs at masked steps."""

import keras
import numpy as np
import pytest

from keras_seqext.recurrent.minimal_rnn import MinimalRNN
from keras_seqext.recurrent.minimal_rnn_reference import minimal_rnn

from .helpers import (
    MASKS,
    STEPS,
    UNITS,
    assert_close,
    sequences,
    state,
    value_and_gradients,
    weights,
    with_weights,
)

KINDS = {
    "kernel": {},
    "unrolled": {"unroll": True},
    "relu loop": {"activation": "relu"},
}


@pytest.mark.parametrize("mask", ["right", "left", "scattered", "empty row", "all empty"])
@pytest.mark.parametrize("sequence", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_masked_steps_do_not_affect_outputs_or_gradients(kind, sequence, mask):
    layer = with_weights(MinimalRNN(UNITS, return_sequences=sequence, **KINDS[kind]))
    valid = MASKS[mask]
    shape = (len(valid), STEPS, UNITS) if sequence else (len(valid), UNITS)
    cotangent = np.random.default_rng(4).normal(size=shape)
    results = []
    for fill in (0.0, 37.0, np.nan, np.inf):
        x = np.where(valid[..., None], sequences(), fill).astype("float32")
        outputs, gradients = value_and_gradients(
            layer, [x], lambda x: layer(x, mask=valid), [cotangent]
        )
        assert not gradients[0][~valid].any()
        results.append(outputs + gradients)
    for other in results[1:]:
        for got, expected in zip(other, results[0], strict=True):
            np.testing.assert_array_equal(got, expected)
            assert np.isfinite(got).all()


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_zero_output_for_mask(kind, backwards):
    activation = (lambda x: np.maximum(x, 0)) if kind == "relu loop" else np.tanh
    options = {"go_backwards": backwards, "zero_output_for_mask": True}
    layer = with_weights(MinimalRNN(UNITS, return_sequences=True, **options, **KINDS[kind]))
    got = layer(sequences(), mask=MASKS["scattered"], initial_state=state())
    expected = minimal_rnn(
        sequences(),
        *weights(),
        mask=MASKS["scattered"],
        initial_state=state(),
        activation=activation,
        **options,
    )
    assert_close(keras.ops.convert_to_numpy(got), expected)


def test_zero_output_for_mask_does_not_change_the_last_output():
    layer = with_weights(MinimalRNN(UNITS, zero_output_for_mask=True))
    got = keras.ops.convert_to_numpy(layer(sequences(), mask=MASKS["right"]))
    assert_close(
        got, minimal_rnn(sequences(), *weights(), mask=MASKS["right"], return_sequences=False)
    )
    assert np.abs(got).min(axis=1).all()


@pytest.mark.parametrize("sequence", [True, False])
def test_output_is_zero_and_state_unchanged_before_the_first_unmasked_step(sequence):
    layer = with_weights(MinimalRNN(UNITS, return_sequences=sequence, return_state=True))
    outputs, end = layer(sequences(), mask=MASKS["empty row"], initial_state=state())
    assert not keras.ops.convert_to_numpy(outputs)[2].any()
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(end)[2], state()[2])


@pytest.mark.parametrize("dtype", ["int32", "float32", "bool"])
def test_mask_may_be_numeric(dtype):
    layer = with_weights(MinimalRNN(UNITS))
    got = layer(sequences(), mask=MASKS["left"].astype(dtype))
    assert_close(
        keras.ops.convert_to_numpy(got),
        minimal_rnn(sequences(), *weights(), mask=MASKS["left"], return_sequences=False),
    )


@pytest.mark.parametrize("shape", [(4, 8), (7,), (4, 7, 1), (5, 7)])
def test_mask_of_wrong_shape_raises(shape):
    layer = with_weights(MinimalRNN(UNITS, name="mine"))
    with pytest.raises(ValueError, match=r"`mask` of `mine` must have the shape \(batch, steps\)"):
        layer(sequences(), mask=np.ones(shape, bool))


def test_mask_of_embedding_is_used_and_passed_on_with_the_sequence():
    ids = np.array([[3, 1, 0, 0], [0, 2, 2, 0]])
    embedded = keras.layers.Embedding(4, 6, mask_zero=True)(ids)
    layer = with_weights(MinimalRNN(UNITS, return_sequences=True))
    outputs = layer(embedded)
    vectors = keras.ops.convert_to_numpy(embedded)
    assert_close(
        keras.ops.convert_to_numpy(outputs), minimal_rnn(vectors, *weights(), mask=ids != 0)
    )
    passed_on = keras.ops.convert_to_numpy(layer.compute_mask(embedded, ids != 0))
    np.testing.assert_array_equal(passed_on, ids != 0)
    assert MinimalRNN(UNITS).compute_mask(embedded, ids != 0) is None


def test_mask_is_reversed_with_the_sequence():
    mask = MASKS["right"]
    backwards = MinimalRNN(UNITS, return_sequences=True, return_state=True, go_backwards=True)
    reversed_mask, state_mask = backwards.compute_mask(None, mask)
    assert state_mask is None
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(reversed_mask), mask[:, ::-1])
    stack = [with_weights(backwards), MinimalRNN(3)]
    outputs, _ = stack[0](sequences(), mask=mask)
    direct = stack[1](keras.ops.convert_to_numpy(outputs), mask=mask[:, ::-1])
    model_input = keras.Input((STEPS, sequences().shape[-1]))
    masked = keras.layers.Masking()(model_input)
    model = keras.Model(model_input, stack[1](stack[0](masked)[0]))
    padded = np.where(mask[..., None], sequences(), 0).astype("float32")
    assert_close(keras.ops.convert_to_numpy(model(padded)), keras.ops.convert_to_numpy(direct))
