"""Dropout of MinimalRNN: constant over a sequence, correct rate, seeded."""

import keras
import numpy as np
import pytest

from keras_seqext.recurrent.minimal_rnn import MinimalRNN
from keras_seqext.recurrent.minimal_rnn_cell import MinimalRNNCell

from .helpers import (
    FEATURES,
    MASKS,
    STEPS,
    UNITS,
    assert_close,
    sequences,
    with_weights,
)


def run(layer, x, **options):
    return keras.ops.convert_to_numpy(layer(x, **options))


def linear(**options):
    """Return a layer that computes the cumulative sum of its inputs, with one unit per feature."""
    layer = MinimalRNN(
        40,
        activation=None,
        use_bias=False,
        kernel_initializer="identity",
        recurrent_initializer="identity",
        return_sequences=True,
        seed=1,
        **options,
    )
    layer.build((None, None, 40))
    return layer


def test_input_dropout_is_constant_over_steps_and_has_the_given_rate():
    out = run(linear(dropout=0.25), np.ones((100, 3, 40), "float32"), training=True)
    retained = out[:, 0] > 0
    np.testing.assert_allclose(out[:, 0][retained], 1 / 0.75, rtol=1e-5)
    np.testing.assert_allclose(out[:, 2], 3 * out[:, 0], rtol=1e-5)
    # Five standard deviations of the mean of 4000 draws.
    assert abs(retained.mean() - 0.75) < 5 * np.sqrt(0.25 * 0.75 / retained.size)


def test_recurrent_dropout_is_constant_over_steps_and_has_the_given_rate():
    out = run(linear(recurrent_dropout=0.4), np.ones((100, 3, 40), "float32"), training=True)
    np.testing.assert_allclose(out[:, 0], 1)
    factor = out[:, 1] - 1
    retained = factor > 0
    np.testing.assert_allclose(factor[retained], 1 / 0.6, rtol=1e-5)
    np.testing.assert_allclose(out[:, 2], 1 + factor * out[:, 1], rtol=1e-5)
    assert abs(retained.mean() - 0.6) < 5 * np.sqrt(0.4 * 0.6 / retained.size)


@pytest.mark.parametrize("unroll", [False, True])
def test_same_seed_gives_same_dropout_as_the_cell_and_simple_rnn(unroll):
    rates = {"dropout": 0.3, "recurrent_dropout": 0.3, "seed": 5}
    ours = with_weights(MinimalRNN(UNITS, unroll=unroll, **rates))
    cell = with_weights(keras.layers.RNN(MinimalRNNCell(UNITS, **rates)))
    theirs = with_weights(keras.layers.SimpleRNN(UNITS, **rates))
    for _ in range(2):
        out = run(ours, sequences(), training=True, mask=MASKS["scattered"])
        assert_close(run(cell, sequences(), training=True, mask=MASKS["scattered"]), out)
        assert_close(run(theirs, sequences(), training=True, mask=MASKS["scattered"]), out)


def test_dropout_depends_on_the_seed_and_differs_between_calls():
    def pair(seed):
        layer = with_weights(MinimalRNN(UNITS, dropout=0.5, recurrent_dropout=0.5, seed=seed))
        return [run(layer, sequences(), training=True) for _ in range(2)]

    first, again, other = pair(3), pair(3), pair(4)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first[0] - first[1]).max() > 0.01
    assert np.abs(first[0] - other[0]).max() > 0.01


def test_inference_applies_no_dropout_and_does_not_advance_the_seed():
    layer = with_weights(MinimalRNN(UNITS, dropout=0.5, recurrent_dropout=0.5, seed=3))
    plain = with_weights(MinimalRNN(UNITS))
    before = [v.numpy() for v in layer.non_trainable_variables]
    assert len(before) == 1
    assert_close(run(layer, sequences()), run(plain, sequences()))
    after = [v.numpy() for v in layer.non_trainable_variables]
    np.testing.assert_array_equal(before, after)
    run(layer, sequences(), training=True)
    assert (layer.non_trainable_variables[0].numpy() != after[0]).any()


def test_kernel_and_unrolled_loop_agree_with_input_dropout():
    kernel = with_weights(MinimalRNN(UNITS, dropout=0.3, seed=5))
    loop = with_weights(MinimalRNN(UNITS, dropout=0.3, seed=5, unroll=True))
    assert_close(
        run(kernel, sequences(), training=True, mask=MASKS["left"]),
        run(loop, sequences(), training=True, mask=MASKS["left"]),
    )


def test_stacked_cells_sample_new_dropout_in_each_training_step():
    cells = [MinimalRNNCell(8, dropout=0.5, recurrent_dropout=0.5, seed=i) for i in range(2)]
    model = keras.Sequential(
        [keras.Input((STEPS, FEATURES)), keras.layers.RNN(cells), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.0), "mse")
    losses = {
        float(model.train_on_batch(sequences(), np.zeros((len(sequences()), 1)))) for _ in range(3)
    }
    assert len(losses) == 3
    assert all(getattr(cell, "_dropout_mask", None) is None for cell in cells)
