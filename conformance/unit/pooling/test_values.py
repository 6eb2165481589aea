"""Outputs of the pooling layers compared with NumPy and with rows without padding."""

import keras
import numpy as np
import pytest

from conftest import to_numpy

from .cases import BATCH, FEATURES, MASKS, STEPS, Case, each_mask, each_pooling, sequences

POISONS = {"zero": 0.0, "large": 1e6, "nan": np.nan, "inf": np.inf, "minus_inf": -np.inf}


def expected(case: Case, weights: list[np.ndarray], x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    rows = [
        case.reference(row[valid], weights) if valid.any() else np.zeros(row.shape[-1])
        for row, valid in zip(x.astype("float64"), mask, strict=True)
    ]
    return np.stack(rows)


@each_pooling
@each_mask
def test_equals_the_numpy_reference(case: Case, mask: np.ndarray) -> None:
    layer, x = case.built(), sequences()
    want = expected(case, layer.get_weights(), x, mask)
    np.testing.assert_allclose(to_numpy(layer(x, mask=mask)), want, rtol=1e-5, atol=1e-6)


@each_pooling
def test_equals_the_numpy_reference_without_a_mask(case: Case) -> None:
    layer, x = case.built(), sequences()
    want = expected(case, layer.get_weights(), x, MASKS["all"])
    np.testing.assert_allclose(to_numpy(layer(x)), want, rtol=1e-5, atol=1e-6)


@each_pooling
@pytest.mark.parametrize("side", ["right", "left", "scattered"])
def test_equals_the_row_without_masked_steps(case: Case, side: str) -> None:
    layer, x, mask = case.built(), sequences(), MASKS[side]
    got = to_numpy(layer(x, mask=mask))
    for row in range(BATCH):
        alone = to_numpy(layer(x[row : row + 1, mask[row]]))
        np.testing.assert_allclose(got[row], alone[0], rtol=1e-5, atol=1e-6)


@each_pooling
@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS.keys())
def test_values_at_masked_steps_have_no_influence(case: Case, poison: float) -> None:
    layer, x = case.built(), sequences()
    for mask in (MASKS["scattered"], MASKS["mixed"]):
        poisoned = np.where(mask[..., None], x, np.float32(poison))
        want = to_numpy(layer(x, mask=mask))
        np.testing.assert_array_equal(to_numpy(layer(poisoned, mask=mask)), want)


@each_pooling
def test_empty_row_gives_the_empty_value(case: Case) -> None:
    layer, x = case.built(empty_value=-3.5), sequences()
    got = to_numpy(layer(x, mask=MASKS["mixed"]))
    np.testing.assert_array_equal(got[[0, 2]], np.full((2, FEATURES), -3.5, "float32"))
    assert not np.any(got[[1, 3, 4]] == -3.5)


@each_pooling
@pytest.mark.parametrize("masked", [True, False])
def test_zero_steps_and_zero_rows(case: Case, masked: bool) -> None:
    layer = case.built(empty_value=2.0)
    for rows, steps in ((2, 0), (0, 4), (0, 0)):
        x = np.zeros((rows, steps, FEATURES), "float32")
        got = to_numpy(layer(x, mask=np.ones((rows, steps), bool) if masked else None))
        np.testing.assert_array_equal(got, np.full((rows, FEATURES), 2.0, "float32"))


@each_pooling
@pytest.mark.parametrize("keepdims", [True, False])
@pytest.mark.parametrize("masked", [True, False])
def test_channels_first_and_keepdims(case: Case, keepdims: bool, masked: bool) -> None:
    x, mask = sequences(), MASKS["scattered"] if masked else None
    want = to_numpy(case.built()(x, mask=mask))
    last = case.built(keepdims=keepdims)
    first = case.built(keepdims=keepdims, data_format="channels_first")
    got_last = to_numpy(last(x, mask=mask))
    got_first = to_numpy(first(np.swapaxes(x, 1, 2), mask=mask))
    assert got_last.shape == ((BATCH, 1, FEATURES) if keepdims else (BATCH, FEATURES))
    assert got_first.shape == ((BATCH, FEATURES, 1) if keepdims else (BATCH, FEATURES))
    np.testing.assert_allclose(got_last.reshape(want.shape), want, rtol=1e-6)
    np.testing.assert_allclose(got_first.reshape(want.shape), want, rtol=1e-5, atol=1e-6)


@each_pooling
@pytest.mark.parametrize("kind", ["int32", "float32", "uint8"])
def test_mask_may_be_numeric(case: Case, kind: str) -> None:
    layer, x, mask = case.built(), sequences(), MASKS["scattered"]
    want = to_numpy(layer(x, mask=mask))
    np.testing.assert_array_equal(to_numpy(layer(x, mask=mask.astype(kind))), want)


@each_pooling
def test_rows_are_independent(case: Case) -> None:
    layer, x, mask = case.built(), sequences(), MASKS["scattered"]
    want = to_numpy(layer(x, mask=mask))
    x[0] = np.nan
    np.testing.assert_array_equal(to_numpy(layer(x, mask=mask))[1:], want[1:])


@each_pooling
def test_integers_are_cast_to_the_compute_dtype(case: Case) -> None:
    layer = case.built()
    x = np.random.default_rng(1).integers(-3, 4, size=(BATCH, STEPS, FEATURES))
    got = layer(x.astype("int32"), mask=MASKS["scattered"])
    assert keras.backend.standardize_dtype(got.dtype) == "float32"
    want = to_numpy(layer(x.astype("float32"), mask=MASKS["scattered"]))
    np.testing.assert_array_equal(to_numpy(got), want)


@each_pooling
def test_inputs_and_mask_are_not_modified(case: Case) -> None:
    layer, x, mask = case.built(), sequences(), MASKS["scattered"].copy()
    layer(x, mask=mask)
    np.testing.assert_array_equal(x, sequences())
    np.testing.assert_array_equal(mask, MASKS["scattered"])
