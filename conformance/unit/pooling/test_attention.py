"""Attention weights and options of the attention pooling layer."""

from typing import Any

import keras
import numpy as np
import pytest

from conftest import to_numpy
from keras_seqext.pooling import MaskedGlobalAttentionPooling1D

from .cases import BATCH, CASES, FEATURES, MASKS, STEPS, Case, sequences

ATTENTION = [case for case in CASES if case.name.endswith("attention")]
each_attention = pytest.mark.parametrize("case", ATTENTION, ids=lambda case: case.name)


@each_attention
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("kind", ["scattered", "mixed"])
def test_weights_are_a_distribution_over_unmasked_steps(
    case: Case, data_format: str, kind: str
) -> None:
    layer, mask, x = case.built(data_format=data_format), MASKS[kind], sequences()
    inputs = x if data_format == "channels_last" else np.swapaxes(x, 1, 2)
    pooled, weights = layer(inputs, mask=mask, return_attention_scores=True)
    weights = to_numpy(weights)
    assert weights.shape == (BATCH, STEPS)
    assert not weights[~mask].any()
    assert (weights[mask] > 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), mask.any(axis=1), rtol=1e-6)
    np.testing.assert_allclose(
        to_numpy(pooled), np.einsum("bt,btf->bf", weights, x), rtol=1e-5, atol=1e-6
    )
    np.testing.assert_array_equal(to_numpy(layer(inputs, mask=mask)), to_numpy(pooled))


@each_attention
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_symbolic_and_eager_weights_have_the_same_shape(case: Case, dtype: str) -> None:
    layer = case.built(dtype=dtype)
    symbolic = layer(keras.KerasTensor((None, None, FEATURES)), return_attention_scores=True)
    assert [spec.shape for spec in symbolic] == [(None, FEATURES), (None, None)]
    eager = layer(sequences(), return_attention_scores=True)
    for spec, value in zip(symbolic, eager, strict=True):
        assert spec.dtype == keras.backend.standardize_dtype(value.dtype)


@each_attention
def test_model_returns_attention_weights(case: Case) -> None:
    inputs = keras.Input((None, FEATURES))
    outputs = case.make()(keras.layers.Masking()(inputs), return_attention_scores=True)
    model = keras.Model(inputs, outputs)
    model = keras.Model.from_config(model.get_config())
    x = sequences()
    x[1, 3:] = 0.0
    pooled, weights = model.predict(x, verbose=0)
    assert pooled.shape == (BATCH, FEATURES)
    assert weights.shape == (BATCH, STEPS)
    assert not weights[1, 3:].any()


@each_attention
def test_zero_steps_and_zero_rows(case: Case) -> None:
    for shape in ((2, 0), (0, 3)):
        x = np.zeros((*shape, FEATURES), "float32")
        pooled, weights = case.built()(x, return_attention_scores=True)
        assert tuple(pooled.shape) == (shape[0], FEATURES)
        assert tuple(weights.shape) == shape


def test_zero_query_equals_average_pooling() -> None:
    layer = MaskedGlobalAttentionPooling1D(query_initializer="zeros")
    average = next(case for case in CASES if case.name == "average").built()
    x, mask = sequences(), MASKS["scattered"]
    want = to_numpy(average(x, mask=mask))
    np.testing.assert_allclose(to_numpy(layer(x, mask=mask)), want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["query"]),
        ({"units": 4}, ["kernel", "bias", "query"]),
        ({"units": 4, "use_bias": False}, ["kernel", "query"]),
    ],
)
def test_names_and_shapes_of_weights(options: dict[str, Any], names: list[str]) -> None:
    layer = MaskedGlobalAttentionPooling1D(**options)
    layer.build((None, None, FEATURES))
    assert [weight.name for weight in layer.weights] == names
    shapes = {"kernel": (FEATURES, 4), "bias": (4,), "query": (options.get("units", FEATURES),)}
    assert [tuple(weight.shape) for weight in layer.weights] == [shapes[name] for name in names]


def test_dropout_is_seeded_and_active_only_in_training() -> None:
    def make() -> keras.layers.Layer:
        return MaskedGlobalAttentionPooling1D(dropout=0.5, seed=3, query_initializer="zeros")

    x, mask = sequences(), MASKS["right"]
    one, two = make(), make()
    without_dropout = to_numpy(one(x, mask=mask))
    np.testing.assert_array_equal(to_numpy(one(x, mask=mask, training=False)), without_dropout)
    first = to_numpy(one(x, mask=mask, training=True))
    two(x, mask=mask)
    np.testing.assert_array_equal(to_numpy(two(x, mask=mask, training=True)), first)
    assert not np.allclose(first, without_dropout)
    assert not np.allclose(to_numpy(one(x, mask=mask, training=True)), first)
    pooled, weights = one(x, mask=mask, training=True, return_attention_scores=True)
    np.testing.assert_allclose(to_numpy(weights).sum(axis=1), 1.0, rtol=1e-6)
    assert not np.allclose(np.einsum("bt,btf->bf", to_numpy(weights), x), to_numpy(pooled))


def test_dropout_preserves_the_expected_value() -> None:
    layer = MaskedGlobalAttentionPooling1D(dropout=0.3, seed=1, query_initializer="zeros")
    x = np.ones((4000, STEPS, 1), "float32")
    got = to_numpy(layer(x, training=True))
    # Five standard deviations of the mean over 4,000 rows of the mean of STEPS dropped ones.
    bound = 5 * np.sqrt(0.3 / 0.7 / STEPS / len(x))
    assert abs(got.mean() - 1.0) < bound


def test_regularizers_and_constraints_are_applied() -> None:
    layer = MaskedGlobalAttentionPooling1D(
        units=4,
        kernel_regularizer=keras.regularizers.L2(0.1),
        query_regularizer=keras.regularizers.L1(0.2),
        bias_regularizer=keras.regularizers.L1(0.3),
        bias_initializer="ones",
        kernel_constraint="non_neg",
        query_constraint="unit_norm",
        bias_constraint="non_neg",
    )
    layer.build((None, None, FEATURES))
    kernel, bias, query = layer.get_weights()
    want = [0.1 * np.sum(kernel**2), 0.3 * np.sum(np.abs(bias)), 0.2 * np.sum(np.abs(query))]
    got = sum(float(to_numpy(loss)) for loss in layer.losses)
    np.testing.assert_allclose(got, sum(want), rtol=1e-5)
    model = keras.Sequential([layer])
    model.compile("sgd", "mse")
    model.fit(sequences(), np.zeros((BATCH, FEATURES)), verbose=0)
    kernel, bias, query = layer.get_weights()
    assert kernel.min() >= 0 and bias.min() >= 0
    np.testing.assert_allclose(np.linalg.norm(query), 1.0, rtol=1e-5)
