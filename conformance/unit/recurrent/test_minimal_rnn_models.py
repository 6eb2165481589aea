"""MinimalRNN in models: shapes, wrappers, precision, compilation and saving."""

import copy

import keras
import numpy as np
import pytest

from keras_seqext.recurrent.minimal_rnn import MinimalRNN
from keras_seqext.recurrent.minimal_rnn_cell import MinimalRNNCell
from keras_seqext.recurrent.minimal_rnn_reference import minimal_rnn

from .helpers import (
    BACKEND,
    BATCH,
    FEATURES,
    MASKS,
    STEPS,
    UNITS,
    as_list,
    assert_close,
    sequences,
    state,
    value_and_gradients,
    weights,
    with_weights,
)

KINDS = {
    "last": {},
    "sequence": {"return_sequences": True},
    "states": {"return_sequences": True, "return_state": True},
    "loop": {"activation": "relu", "recurrent_dropout": 0.1, "return_sequences": True},
    "backwards": {"go_backwards": True, "return_state": True},
}


@pytest.mark.parametrize("kind", KINDS)
def test_symbolic_and_eager_shapes_and_dtypes_are_equal(kind):
    layer = with_weights(MinimalRNN(UNITS, **KINDS[kind]))
    eager = as_list(layer(sequences()))
    shapes = as_list(layer.compute_output_shape((BATCH, STEPS, FEATURES)))
    shapes = [tuple(s) for s in (shapes if "return_state" in KINDS[kind] else [tuple(shapes)])]
    symbolic = as_list(layer(keras.Input((STEPS, FEATURES), batch_size=BATCH)))
    unknown = as_list(layer(keras.Input((None, FEATURES))))
    assert len(eager) == len(shapes) == len(symbolic) == len(unknown)
    for y, shape, s, u in zip(eager, shapes, symbolic, unknown, strict=True):
        assert tuple(y.shape) == shape == tuple(s.shape)
        assert u.shape == (None, *((None,) if len(shape) == 3 else ()), UNITS)
        assert keras.backend.standardize_dtype(y.dtype) == s.dtype == u.dtype == "float32"


@pytest.mark.parametrize("kind", ["last", "sequence", "loop"])
def test_batch_size_and_steps_may_differ_between_calls(kind):
    layer = with_weights(MinimalRNN(UNITS, **KINDS[kind]))
    inputs = keras.Input((None, FEATURES))
    model = keras.Model(inputs, layer(keras.layers.Masking()(inputs)))
    for batch, steps in ((4, 7), (2, 5), (3, 1), (1, 6)):
        x = sequences()[:batch, :steps]
        x[0, -1:] = 0 if steps > 1 else x[0, -1:]
        expected = minimal_rnn(
            x,
            *weights(),
            mask=x.any(axis=-1),
            return_sequences=kind != "last",
            activation=(lambda a: np.maximum(a, 0)) if kind == "loop" else np.tanh,
        )
        assert_close(model.predict(x, verbose=0), expected)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("kind", ["kernel", "loop", "unrolled"])
def test_training_gives_the_weights_of_simple_rnn(kind, jit_compile):
    if BACKEND == "torch" and jit_compile:
        pytest.skip("torch.compile needs a C++ compiler, which may not be installed")
    options = {
        "kernel": {},
        "loop": {"activation": "softsign"},
        "unrolled": {"unroll": True},
    }[kind]
    trained = []
    for cls in (MinimalRNN, keras.layers.SimpleRNN):
        # XLA can compile the gradient of SimpleRNN only with static shapes.
        model = keras.Sequential(
            [
                keras.Input(batch_shape=(BATCH, STEPS, FEATURES)),
                keras.layers.Masking(),
                cls(UNITS, **options),
            ]
        )
        with_weights(model.layers[-1])
        model.compile(keras.optimizers.SGD(0.5), "mse", jit_compile=jit_compile)
        x = np.where(MASKS["right"][..., None], sequences(), 0).astype("float32")
        model.fit(x, state(9), batch_size=BATCH, epochs=3, verbose=0)
        trained.append(model.get_weights())
    for ours, theirs, before in zip(*trained, weights(), strict=True):
        assert_close(ours, theirs, 1e-4)
        assert np.abs(ours - before).max() > 1e-3


def test_bidirectional_equals_that_of_simple_rnn():
    values = [*weights(2), *weights(3)]
    outputs = []
    for cls in (MinimalRNN, keras.layers.SimpleRNN):
        for sequence in (True, False):
            layer = keras.layers.Bidirectional(cls(UNITS, return_sequences=sequence))
            with_weights(layer, values)
            outputs.append(keras.ops.convert_to_numpy(layer(sequences(), mask=MASKS["right"])))
    assert_close(outputs[0], outputs[2])
    assert_close(outputs[1], outputs[3])
    again = keras.layers.Bidirectional.from_config(layer.get_config())
    assert type(again.forward_layer) is type(layer.forward_layer)


def test_stacked_cells_equal_stacked_references():
    cells = [MinimalRNNCell(UNITS), keras.layers.SimpleRNNCell(3), MinimalRNNCell(2)]
    stack = keras.layers.RNN(keras.layers.StackedRNNCells(cells), return_sequences=True)
    got = stack(sequences())
    expected = sequences()
    for cell in cells:
        expected = minimal_rnn(expected, *cell.get_weights())
    assert_close(keras.ops.convert_to_numpy(got), expected)


def test_time_distributed():
    x = np.stack([sequences(0), sequences(1), sequences(2)], axis=1)
    layer = keras.layers.TimeDistributed(MinimalRNN(UNITS))
    out = keras.ops.convert_to_numpy(layer(x))
    values = layer.layer.get_weights()
    for position in range(3):
        assert_close(out[:, position], minimal_rnn(x[:, position], *values, return_sequences=False))


def test_initial_state_may_be_symbolic():
    x, start = keras.Input((None, FEATURES)), keras.Input((UNITS,))
    layer = with_weights(MinimalRNN(UNITS))
    model = keras.Model([x, start], layer(x, initial_state=[start]))
    expected = minimal_rnn(sequences(), *weights(), initial_state=state(), return_sequences=False)
    assert_close(model.predict([sequences(), state()], verbose=0), expected)


@pytest.mark.parametrize("kind", ["last", "sequence", "loop"])
@pytest.mark.parametrize(
    ("policy", "tolerance"), [("mixed_float16", 2e-2), ("mixed_bfloat16", 6e-2)]
)
def test_mixed_precision(policy, tolerance, kind):
    layer = with_weights(MinimalRNN(UNITS, dtype=policy, **KINDS[kind]))
    exact = with_weights(MinimalRNN(UNITS, **KINDS[kind]))
    out = layer(sequences(), mask=MASKS["scattered"])
    assert keras.backend.standardize_dtype(out.dtype) == policy.removeprefix("mixed_")
    assert layer(keras.Input((STEPS, FEATURES))).dtype == policy.removeprefix("mixed_")
    assert {w.dtype for w in layer.weights if w.name != "seed_generator_state"} == {"float32"}
    out = keras.ops.convert_to_numpy(keras.ops.cast(out, "float32"))
    expected = exact(sequences(), mask=MASKS["scattered"])
    assert_close(out, keras.ops.convert_to_numpy(expected), tolerance)
    model = keras.Sequential([keras.Input((STEPS, FEATURES)), layer])
    model.compile("sgd", "mse")
    shape = (BATCH, STEPS, UNITS) if "return_sequences" in KINDS[kind] else (BATCH, UNITS)
    assert np.isfinite(model.train_on_batch(sequences(), np.zeros(shape)))


def test_integers_are_cast_to_the_compute_dtype():
    layer = with_weights(MinimalRNN(UNITS))
    x = np.arange(BATCH * STEPS * FEATURES).reshape(BATCH, STEPS, FEATURES) % 3
    expected = minimal_rnn(x, *weights(), return_sequences=False)
    assert_close(keras.ops.convert_to_numpy(layer(x)), expected)


def test_inputs_and_mask_are_not_modified():
    x, mask = sequences(), MASKS["scattered"].copy()
    x[~mask] = 9
    before = x.copy()
    layer = with_weights(MinimalRNN(UNITS, return_sequences=True, go_backwards=True))
    tensor = keras.ops.convert_to_tensor(x)
    layer(tensor, mask=mask)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(tensor), before)
    np.testing.assert_array_equal(mask, MASKS["scattered"])


@pytest.mark.parametrize("kind", KINDS)
def test_loaded_and_cloned_models_predict_the_same(kind, tmp_path):
    inputs = keras.Input((None, FEATURES))
    model = keras.Model(inputs, MinimalRNN(UNITS, **KINDS[kind])(keras.layers.Masking()(inputs)))
    with_weights(model.layers[-1])
    expected = as_list(model.predict(sequences(), verbose=0))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for got, wanted in zip(as_list(loaded.predict(sequences(), verbose=0)), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    for got, wanted in zip(as_list(clone.predict(sequences(), verbose=0)), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_copy_is_independent():
    layer = with_weights(MinimalRNN(UNITS, dropout=0.2))
    expected = keras.ops.convert_to_numpy(layer(sequences()))
    copied = copy.deepcopy(layer)
    assert_close(keras.ops.convert_to_numpy(copied(sequences())), expected)
    copied.set_weights([0 * w for w in copied.get_weights()])
    assert_close(keras.ops.convert_to_numpy(layer(sequences())), expected)


@pytest.mark.skipif(
    BACKEND == "torch", reason="Keras exports a SavedModel only on TensorFlow and JAX"
)
# Keras passes this deprecated parameter to jax2tf.
@pytest.mark.filterwarnings("ignore:The `native_serialization` parameter:DeprecationWarning")
@pytest.mark.parametrize("kind", ["last", "sequence", "loop"])
def test_exported_model_predicts_the_same_for_any_length(kind, tmp_path):
    tf = pytest.importorskip("tensorflow")
    inputs = keras.Input((None, FEATURES))
    model = keras.Model(inputs, MinimalRNN(UNITS, **KINDS[kind])(keras.layers.Masking()(inputs)))
    with_weights(model.layers[-1])
    model.export(tmp_path / "model", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "model"))
    for batch, steps in ((4, 7), (3, 5)):
        x = sequences()[:batch, :steps]
        x[1, steps - 2 :] = 0
        assert_close(served.serve(tf.constant(x)).numpy(), model.predict(x, verbose=0))


def test_rows_are_independent():
    layer = with_weights(MinimalRNN(UNITS, return_sequences=True))
    x = sequences()
    before = keras.ops.convert_to_numpy(layer(x, mask=MASKS["scattered"]))
    x[0] = np.nan
    after = keras.ops.convert_to_numpy(layer(x, mask=MASKS["scattered"]))
    np.testing.assert_array_equal(after[1:], before[1:])
    order = np.array([2, 0, 3, 1])
    reordered = layer(sequences()[order], mask=MASKS["scattered"][order])
    assert_close(keras.ops.convert_to_numpy(reordered), before[order])


def test_second_derivative_equals_that_of_simple_rnn():
    """Differentiates the hand-written backward pass: the gradient of a squared gradient."""
    ours, theirs = (with_weights(cls(UNITS)) for cls in (MinimalRNN, keras.layers.SimpleRNN))
    results = []
    for layer in (ours, theirs):
        if BACKEND == "tensorflow":
            import tensorflow as tf

            x = tf.constant(sequences())
            with tf.GradientTape() as outer:
                outer.watch(x)
                with tf.GradientTape() as inner:
                    inner.watch(x)
                    y = tf.reduce_sum(layer(x, mask=MASKS["right"]) ** 2)
                total = tf.reduce_sum(inner.gradient(y, x) ** 2)
            results.append(outer.gradient(total, x).numpy())
        elif BACKEND == "jax":
            import jax

            def energy(x, layer=layer):
                return jax.numpy.sum(layer(x, mask=MASKS["right"]) ** 2)

            def total(x, energy=energy):
                return jax.numpy.sum(jax.grad(energy)(x) ** 2)

            results.append(np.asarray(jax.grad(total)(jax.numpy.asarray(sequences()))))
        else:
            import torch

            x = torch.tensor(sequences(), requires_grad=True)
            y = (layer(x, mask=torch.tensor(MASKS["right"])) ** 2).sum()
            (gradient,) = torch.autograd.grad(y, x, create_graph=True)
            results.append(torch.autograd.grad((gradient**2).sum(), x)[0].numpy())
    assert_close(results[0], results[1], 1e-4)
    assert np.abs(results[0]).max() > 0


def test_weight_gradients_equal_finite_difference():
    layer = with_weights(MinimalRNN(UNITS))
    cotangent = np.random.default_rng(5).normal(size=(BATCH, UNITS))
    _, gradients = value_and_gradients(layer, [sequences()], layer, [cotangent])
    rng = np.random.default_rng(6)
    directions = [rng.normal(size=w.shape) for w in weights()]
    expected = sum(np.sum(g * d) for g, d in zip(gradients[1:], directions, strict=True))
    totals = []
    for sign in (1, -1):
        moved = [w + sign * 1e-2 * d for w, d in zip(weights(), directions, strict=True)]
        layer.set_weights(moved)
        totals.append(np.sum(keras.ops.convert_to_numpy(layer(sequences())) * cotangent))
    assert (totals[0] - totals[1]) / 2e-2 == pytest.approx(expected, rel=1e-2)
