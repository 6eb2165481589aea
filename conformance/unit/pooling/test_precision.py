"""Numerical precision: half precision without overflow, and float64."""

import keras
import numpy as np
import pytest

from conftest import to_numpy

from .cases import CASES, MASKS, Case, each_mask, each_pooling, sequences

TOLERANCE = {"float16": 4e-3, "bfloat16": 3e-2}
POLICIES = ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16"]

# A mean or a selected value cannot overflow. A sum can, but only in the final cast.
MEANS = [case for case in CASES if case.name not in ("sum", "top_3_sum")]


def as_float32(tensor: object) -> np.ndarray:
    return to_numpy(keras.ops.cast(tensor, "float32"))


@each_pooling
@pytest.mark.parametrize("mask", [MASKS["scattered"], MASKS["mixed"]], ids=["scattered", "mixed"])
@pytest.mark.parametrize("policy", POLICIES)
def test_half_precision_is_close_to_float32(case: Case, mask: np.ndarray, policy: str) -> None:
    layer, x = case.built(dtype=policy), np.where(mask[..., None], sequences(), np.inf)
    got = layer(x, mask=mask)
    narrow = policy.removeprefix("mixed_")
    assert keras.backend.standardize_dtype(got.dtype) == narrow
    assert layer.compute_output_spec(keras.KerasTensor(x.shape)).dtype == narrow
    stored = "float32" if policy.startswith("mixed") else narrow
    assert all(weight.dtype == stored for weight in layer.weights)
    want = to_numpy(case.built()(x, mask=mask))
    scale = max(1.0, np.abs(want).max())
    np.testing.assert_allclose(as_float32(got), want, atol=TOLERANCE[narrow] * scale)


@pytest.mark.parametrize("case", MEANS, ids=lambda case: case.name)
@pytest.mark.parametrize("masked", [True, False])
def test_large_float16_values_do_not_overflow(case: Case, masked: bool) -> None:
    """The sum of 300 steps of 60,000 is 18 million; the largest float16 is 65,504."""
    layer = case.built(dtype="mixed_float16")
    x = np.full((2, 300, 3), 60000.0, "float32")
    mask = np.tile(np.arange(300) < 250, (2, 1)) if masked else None
    got = as_float32(layer(x, mask=mask))
    np.testing.assert_allclose(got, np.full((2, 3), 60000.0), rtol=2e-3)


@pytest.mark.parametrize("case", CASES[2:4], ids=lambda case: case.name)
@pytest.mark.parametrize("policy", POLICIES)
def test_long_half_precision_sums_are_exact(case: Case, policy: str) -> None:
    """Summing 4,096 ones in bfloat16 would stop growing at 256, in float16 at 2,048."""
    got = as_float32(case.built(dtype=policy)(np.ones((1, 4096, 3), "float32")))
    want = {"average": 1.0, "sum": 4096.0}[case.name]
    np.testing.assert_array_equal(got, np.full((1, 3), want))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_intermediate_sums_do_not_overflow(policy: str) -> None:
    layer = CASES[3].built(dtype=policy)
    x = np.array([60000.0, 60000.0, -60000.0, -60000.0], "float32")[None, :, None]
    np.testing.assert_array_equal(as_float32(layer(x)), [[0.0]])


@each_pooling
@each_mask
def test_float64_equals_the_reference(case: Case, mask: np.ndarray) -> None:
    if keras.backend.backend() == "jax":
        pytest.skip("JAX has float64 only with JAX_ENABLE_X64; the parity tests cover that")
    layer, x = case.built(dtype="float64", empty_value=0.1), sequences("float64")
    got = to_numpy(layer(x, mask=mask))
    assert got.dtype == np.float64
    weights = layer.get_weights()
    want = [
        case.reference(row[valid], weights) if valid.any() else np.full(row.shape[-1], 0.1)
        for row, valid in zip(x, mask, strict=True)
    ]
    np.testing.assert_allclose(got, np.stack(want), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ["log_sum_exp", "log_mean_exp", "attention", "tanh_attention"])
@pytest.mark.parametrize("size", [1e4, 1e30, -1e30])
def test_huge_values_give_finite_outputs(name: str, size: float) -> None:
    case = next(case for case in CASES if case.name == name)
    x = (sequences() * 1e-3 + 1.0) * np.float32(size)
    got = to_numpy(case.built()(x, mask=MASKS["scattered"]))
    assert np.isfinite(got).all()
