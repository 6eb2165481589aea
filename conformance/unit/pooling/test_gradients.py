"""Gradients: right, blind to masked steps, and finite where there is nothing to pool."""

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
    """The gradients of a random projection of the output, as a loss would send back."""

    def loss(tensors: list[object]) -> object:
        output = layer(tensors[0], mask=mask)
        return ops.sum(output * ops.cast(PROJECTION, output.dtype))

    (of_inputs,), of_weights = gradients(loss, [x], layer.trainable_variables)
    return of_inputs, of_weights


@each_pooling
@pytest.mark.parametrize("kind", ["scattered", "mixed", "left"])
@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf, 1e30])
def test_masked_steps_neither_get_nor_change_a_gradient(
    case: Case, kind: str, poison: float
) -> None:
    layer, x, mask = case.built(), sequences(), MASKS[kind]
    want, want_weights = projected(layer, x, mask)
    poisoned = np.where(mask[..., None], x, np.float32(poison))
    got, got_weights = projected(layer, poisoned, mask)
    assert not got[~mask].any()
    assert got[mask].any()
    np.testing.assert_array_equal(got, want)
    for mine, theirs in zip(got_weights, want_weights, strict=True):
        assert mine.any()
        np.testing.assert_array_equal(mine, theirs)


@each_pooling
def test_empty_rows_get_a_zero_gradient(case: Case) -> None:
    layer = case.built()
    of_inputs, of_weights = projected(layer, sequences(), MASKS["none"])
    assert not of_inputs.any()
    assert all(not gradient.any() for gradient in of_weights)


@each_pooling
def test_no_steps_have_a_gradient_of_no_steps(case: Case) -> None:
    of_inputs, _ = projected(case.built(), np.zeros((BATCH, 0, FEATURES), "float32"), None)
    assert of_inputs.shape == (BATCH, 0, FEATURES)


@each_pooling
@pytest.mark.parametrize("kind", ["scattered", "mixed", "all", None])
def test_gradient_is_the_slope(case: Case, kind: str | None) -> None:
    """A central difference along random directions, over inputs and weights at once."""
    # Keras on JAX computes in float64 only with x64 set for the process; see parity.
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
        # Shorter than half the distance of two values, so that no maximum changes hands.
        directions = [rng.uniform(-0.5, 0.5, size=array.shape) for array in (x, *weights)]
        slope = (value(eps, directions) - value(-eps, directions)) / (2 * eps)
        along = sum(
            np.sum(gradient.astype("float64") * direction)
            for gradient, direction in zip((of_inputs, *of_weights), directions, strict=True)
        )
        assert abs(slope - along) <= tolerance * (1 + abs(along)), (slope, along)


@pytest.mark.parametrize("name", ["Max", "Min"])
def test_equal_extremes_share_the_gradient(name: str) -> None:
    import keras_seqext.pooling as pooling

    layer = getattr(pooling, f"MaskedGlobal{name}Pooling1D")()
    x = np.ones((1, 4, 1), "float32")
    mask = np.array([[True, True, False, False]])

    (of_inputs,), _ = gradients(lambda tensors: ops.sum(layer(tensors[0], mask=mask)), [x])
    np.testing.assert_array_equal(of_inputs[0, :, 0], [0.5, 0.5, 0.0, 0.0])
