"""NumPy reference: the recurrence of Chollet, *Deep Learning with Python* (2017), with masks."""

import math

import numpy as np
import pytest

from keras_seqext.recurrent.minimal_rnn_reference import minimal_rnn

from .helpers import MASKS, assert_close, sequences, state, weights

pytestmark = pytest.mark.backend_free


def test_output_shape_for_100_steps_of_32_features_and_64_units():
    rng = np.random.default_rng(0)
    inputs, kernel = rng.normal(size=(100, 32)), rng.normal(size=(32, 64))
    outputs = minimal_rnn(inputs, kernel, 0.1 * rng.normal(size=(64, 64)), np.zeros(64))
    assert outputs.shape == (100, 64)


def test_each_output_is_tanh_of_the_sum_of_three_terms():
    inputs, (kernel, recurrent_kernel, bias) = sequences(dtype="float64"), weights(dtype="float64")
    outputs = minimal_rnn(inputs, kernel, recurrent_kernel, bias)
    for row, step, unit in np.ndindex(outputs.shape):
        total = bias[unit]
        for feature in range(inputs.shape[2]):
            total += inputs[row, step, feature] * kernel[feature, unit]
        for other in range(outputs.shape[2]):
            total += (outputs[row, step - 1, other] if step else 0.0) * recurrent_kernel[
                other, unit
            ]
        assert outputs[row, step, unit] == pytest.approx(math.tanh(total), abs=1e-13)


def test_batch_equals_its_rows():
    inputs, values, start = sequences(), weights(), state()
    batch = minimal_rnn(inputs, *values, initial_state=start, mask=MASKS["scattered"])
    for row in range(len(inputs)):
        alone = minimal_rnn(
            inputs[row], *values, initial_state=start[row], mask=MASKS["scattered"][row]
        )
        assert_close(batch[row], alone)


@pytest.mark.parametrize("side", ["right", "left", "scattered"])
def test_last_output_equals_that_of_the_row_without_masked_steps(side):
    inputs, values, mask = sequences(), weights(), MASKS[side]
    last = minimal_rnn(inputs, *values, mask=mask, return_sequences=False)
    for row, valid in enumerate(mask):
        alone = minimal_rnn(inputs[row, valid], *values, return_sequences=False)
        assert_close(last[row], alone)


def test_masked_step_repeats_the_previous_output_or_zero():
    mask = np.array([False, True, False, False, True, False, True])
    outputs, last = minimal_rnn(
        sequences()[0], *weights(), mask=mask, initial_state=state()[0], return_state=True
    )
    assert not outputs[0].any()
    np.testing.assert_array_equal(outputs[2], outputs[1])
    np.testing.assert_array_equal(outputs[3], outputs[1])
    np.testing.assert_array_equal(outputs[5], outputs[4])
    np.testing.assert_array_equal(last, outputs[6])


def test_empty_row_preserves_the_state_and_outputs_zero():
    mask = MASKS["empty row"]
    last, end = minimal_rnn(
        sequences(),
        *weights(),
        mask=mask,
        initial_state=state(),
        return_sequences=False,
        return_state=True,
    )
    assert not last[2].any()
    np.testing.assert_array_equal(end[2], state()[2])


def test_zero_output_for_mask_does_not_change_the_state():
    zeroed, end = minimal_rnn(
        sequences(), *weights(), mask=MASKS["right"], zero_output_for_mask=True, return_state=True
    )
    plain, plain_end = minimal_rnn(sequences(), *weights(), mask=MASKS["right"], return_state=True)
    np.testing.assert_array_equal(zeroed, np.where(MASKS["right"][..., None], plain, 0))
    np.testing.assert_array_equal(end, plain_end)


def test_go_backwards_equals_the_reversed_sequence():
    inputs, mask = sequences(), MASKS["scattered"]
    backwards = minimal_rnn(inputs, *weights(), mask=mask, go_backwards=True)
    forwards = minimal_rnn(inputs[:, ::-1], *weights(), mask=mask[:, ::-1])
    np.testing.assert_array_equal(backwards, forwards)


def test_zero_steps_return_the_initial_state():
    outputs, end = minimal_rnn(
        np.zeros((2, 0, 6)), *weights(), initial_state=state()[:2], return_state=True
    )
    assert outputs.shape == (2, 0, 5)
    np.testing.assert_array_equal(end, state()[:2])


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4, 5)])
def test_inputs_of_wrong_rank_raise(shape):
    with pytest.raises(ValueError, match=r"\(steps, features\) or \(batch, steps, features\)"):
        minimal_rnn(np.zeros(shape), *weights())
