"""Stateful MinimalRNN: a state preserved between batches."""

import keras
import numpy as np
import pytest

from keras_seqext.recurrent.minimal_rnn import MinimalRNN
from keras_seqext.recurrent.minimal_rnn_reference import minimal_rnn

from .helpers import (
    BATCH,
    FEATURES,
    MASKS,
    STEPS,
    UNITS,
    assert_close,
    sequences,
    state,
    weights,
    with_weights,
)


def run(layer, x, **options):
    return keras.ops.convert_to_numpy(layer(x, **options))


@pytest.mark.parametrize("unroll", [False, True])
def test_two_parts_equal_the_whole_sequence(unroll):
    layer = with_weights(MinimalRNN(UNITS, stateful=True, return_sequences=True, unroll=unroll))
    x, mask = sequences(), MASKS["scattered"]
    halves = [run(layer, x[:, :3], mask=mask[:, :3]), run(layer, x[:, 3:], mask=mask[:, 3:])]
    whole = minimal_rnn(x, *weights(), mask=mask)
    assert_close(halves[0], whole[:, :3])
    first = np.cumsum(mask[:, 3:], axis=1) > 0
    assert_close(halves[1][first], whole[:, 3:][first])
    # Outputs before the first unmasked step of a call are zero, although the state is not.
    assert not halves[1][~first].any()


def test_reset_state_and_initial_state():
    layer = with_weights(MinimalRNN(UNITS, stateful=True))
    first = run(layer, sequences()[:, :2])
    second = run(layer, sequences()[:, :2])
    assert np.abs(first - second).max() > 1e-2
    layer.reset_state()
    np.testing.assert_array_equal(run(layer, sequences()[:, :2]), first)
    given = run(layer, sequences(), initial_state=[state()])
    assert_close(
        given,
        minimal_rnn(sequences(), *weights(), initial_state=state(), return_sequences=False),
    )
    assert_close(keras.ops.convert_to_numpy(layer.states[0]), given)


def test_state_is_preserved_in_model_calls_and_fit():
    model = keras.Sequential(
        [keras.Input(batch_shape=(BATCH, STEPS, FEATURES)), MinimalRNN(UNITS, stateful=True)]
    )
    with_weights(model.layers[0])
    x = sequences()
    # Not `predict`: Keras on JAX discards the new state of any layer there, also of SimpleRNN.
    first, second = (run(model, x) for _ in range(2))
    middle = minimal_rnn(x, *weights(), return_sequences=False)
    assert_close(first, middle)
    assert_close(second, minimal_rnn(x, *weights(), initial_state=middle, return_sequences=False))
    model.compile("sgd", "mse")
    model.fit(x, first, batch_size=BATCH, epochs=2, shuffle=False, verbose=0)
    assert np.isfinite(keras.ops.convert_to_numpy(model.layers[0].states[0])).all()
    model.layers[0].reset_state()
    assert not keras.ops.convert_to_numpy(model.layers[0].states[0]).any()


def test_second_build_creates_no_second_state():
    layer = with_weights(MinimalRNN(UNITS, stateful=True))
    count = len(layer.variables)
    layer.build((BATCH, STEPS + 1, FEATURES))
    assert len(layer.variables) == count


def test_unknown_batch_size_raises():
    with pytest.raises(
        ValueError, match=r"batch size of `sequences` must be known.*batch_size=\.\.\."
    ):
        MinimalRNN(UNITS, stateful=True)(keras.Input((STEPS, FEATURES)))


def test_other_batch_size_raises():
    layer = with_weights(MinimalRNN(UNITS, stateful=True))
    with pytest.raises(ValueError, match=r"must have 4 rows.*shape \(2, .*smaller"):
        layer(sequences()[:2])


@pytest.mark.parametrize("call", ["predict", "predict_on_batch"])
def test_compiled_prediction_updates_the_state(call):
    x = np.random.default_rng(0).normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    layer = MinimalRNN(UNITS, stateful=True)
    model = keras.Sequential([keras.Input(batch_shape=(BATCH, None, FEATURES)), layer])

    def predicted(part):
        if call == "predict":
            return model.predict(part, batch_size=BATCH, verbose=0)
        return model.predict_on_batch(part)

    whole = predicted(x)
    layer.reset_state()
    predicted(x[:, :2])
    np.testing.assert_allclose(predicted(x[:, 2:]), whole, atol=1e-5)
    assert len(layer.weights) == 3  # the state is a variable but not a weight: it is not saved
