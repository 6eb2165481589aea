"""Gradients of the pooling layers: values, masked steps and empty rows."""

import keras
import numpy as np
import pytest
from keras import ops

from conformance.parity.gradient import gradients

from .cases import BATCH, FEATURES, MASKS, Case, each_pooling, sequences

PROJECTION = np.random.default_rng(5).normal(size=(BATCH, FEATURES))


def projected(
    layer: keras.layers.Layer, x: np.ndarray, mask: np.ndarray | None
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the gradients of a random projection of the output."""

    def loss(tensors: list[object]) -> object:
        output = layer(tensors[0], mask=mask)
        return ops.sum(output * ops.cast(PROJECTION, output.dtype))

    (of_inputs,), of_weights = gradients(loss, [x], layer.trainable_variables)
    return of_inputs, of_weights


@each_pooling
@pytest.mark.parametrize("kind", ["scattered", "mixed", "left"])
@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf, 1e30])
def test_masked_steps_have_zero_gradient_and_no_influence(
    case: Case, kind: str, poison: float
) -> None:
    layer, x, mask = case.built(), sequences(), MASKS[kind]
    want, want_weights = projected(layer, x, mask)
    poisoned = np.where(mask[..., None], x, np.float32(poison))
    got, got_weights = projected(layer, poisoned, mask)
    assert not got[~mask].any()
    assert got[mask].any()
    np.testing.assert_array_equal(got, want)
    for got_weight, want_weight in zip(got_weights, want_weights, strict=True):
        assert got_weight.any()
        np.testing.assert_array_equal(got_weight, want_weight)


@each_pooling
def test_empty_rows_have_zero_gradient(case: Case) -> None:
    layer = case.built()
    of_inputs, of_weights = projected(layer, sequences(), MASKS["none"])
    assert not of_inputs.any()
    assert all(not gradient.any() for gradient in of_weights)


@each_pooling
def test_gradient_of_zero_steps_has_zero_steps(case: Case) -> None:
    of_inputs, _ = projected(case.built(), np.zeros((BATCH, 0, FEATURES), "float32"), None)
    assert of_inputs.shape == (BATCH, 0, FEATURES)


@each_pooling
@pytest.mark.parametrize("kind", ["scattered", "mixed", "all", None])
def test_gradient_equals_finite_difference(case: Case, kind: str | None) -> None:
    """Central differences along random directions of inputs and weights."""
    # JAX has float64 only if it is enabled for the process. The parity tests cover that.
    dtype = "float32" if keras.backend.backend() == "jax" else "float64"
    eps, tolerance = (1e-2, 1e-2) if dtype == "float32" else (1e-5, 1e-7)
    layer, x = case.built(dtype=dtype), sequences(dtype)
    mask = None if kind is None else MASKS[kind]
    of_inputs, of_weights = projected(layer, x, mask)
    weights = layer.get_weights()
    rng = np.random.default_rng(11)

    def value(size: float, directions: list[np.ndarray]) -> float:
        layer.set_weights([w + size * d for w, d in zip(weights, directions[1:], strict=True)])
        output = layer((x + size * directions[0]).astype(dtype), mask=mask)
        return float(np.sum(ops.convert_to_numpy(output).astype("float64") * PROJECTION))

    for _ in range(3):
        # Shorter than half the distance between two values, so that the maximum stays at the same
        # step.
        directions = [rng.uniform(-0.5, 0.5, size=array.shape) for array in (x, *weights)]
        slope = (value(eps, directions) - value(-eps, directions)) / (2 * eps)
        along = sum(
            np.sum(gradient.astype("float64") * direction)
            for gradient, direction in zip((of_inputs, *of_weights), directions, strict=True)
        )
        assert abs(slope - along) <= tolerance * (1 + abs(along)), (slope, along)


@pytest.mark.parametrize("name", ["Max", "Min"])
def test_ties_share_the_gradient_evenly(name: str) -> None:
    import keras_seqext.pooling as pooling

    layer = getattr(pooling, f"MaskedGlobal{name}Pooling1D")()
    x = np.ones((1, 4, 1), "float32")
    mask = np.array([[True, True, False, False]])

    (of_inputs,), _ = gradients(lambda tensors: ops.sum(layer(tensors[0], mask=mask)), [x])
    np.testing.assert_array_equal(of_inputs[0, :, 0], [0.5, 0.5, 0.0, 0.0])
