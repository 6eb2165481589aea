"""Top-k pooling: values in order, fewer steps than `k`, and gradients."""

import keras
import numpy as np
import pytest
from keras import ops

from conformance.parity.gradient import gradients
from conftest import to_numpy
from keras_seqext.pooling import (
    MaskedGlobalAveragePooling1D,
    MaskedGlobalMaxPooling1D,
    MaskedGlobalTopKPooling1D,
)

from .cases import BATCH, FEATURES, MASKS, STEPS, each_mask, sequences


@each_mask
@pytest.mark.parametrize("k", [1, 3, STEPS, STEPS + 2])
def test_values_are_sorted_and_filled(mask: np.ndarray, k: int) -> None:
    layer, x = MaskedGlobalTopKPooling1D(k, reduction="none", empty_value=-9.0), sequences()
    want = np.full((BATCH, k, FEATURES), -9.0, "float32")
    for row in range(BATCH):
        largest = np.sort(x[row, mask[row]], axis=0)[::-1][:k]
        want[row, : len(largest)] = largest
    np.testing.assert_array_equal(to_numpy(layer(x, mask=mask)), want)
    first = MaskedGlobalTopKPooling1D(
        k, reduction="none", empty_value=-9.0, data_format="channels_first"
    )
    got = to_numpy(first(np.swapaxes(x, 1, 2), mask=mask))
    np.testing.assert_array_equal(got, np.swapaxes(want, 1, 2))


@pytest.mark.parametrize("k", [3, STEPS + 2])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_no_mask_equals_full_mask(k: int, reduction: str) -> None:
    layer, x = MaskedGlobalTopKPooling1D(k, reduction=reduction), sequences()
    got = to_numpy(layer(x))
    np.testing.assert_array_equal(got, to_numpy(layer(x, mask=MASKS["all"])))


def test_zero_steps_without_reduction_give_the_empty_value() -> None:
    layer = MaskedGlobalTopKPooling1D(3, reduction="none", empty_value=4.0)
    got = to_numpy(layer(np.zeros((2, 0, FEATURES), "float32")))
    np.testing.assert_array_equal(got, np.full((2, 3, FEATURES), 4.0, "float32"))


def test_k_of_one_is_max_and_k_of_all_steps_is_average() -> None:
    x, mask = sequences(), MASKS["scattered"]
    one = to_numpy(MaskedGlobalTopKPooling1D(1)(x, mask=mask))
    np.testing.assert_array_equal(one, to_numpy(MaskedGlobalMaxPooling1D()(x, mask=mask)))
    every = to_numpy(MaskedGlobalTopKPooling1D(STEPS)(x, mask=mask))
    average = to_numpy(MaskedGlobalAveragePooling1D()(x, mask=mask))
    np.testing.assert_allclose(every, average, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_only_selected_values_have_a_gradient(k: int, reduction: str) -> None:
    layer, x, mask = MaskedGlobalTopKPooling1D(k, reduction=reduction), sequences(), MASKS["mixed"]
    (got,), _ = gradients(lambda tensors: ops.sum(layer(tensors[0], mask=mask)), [x])
    want = np.zeros_like(x)
    for row in range(BATCH):
        unmasked = np.flatnonzero(mask[row])
        for feature in range(FEATURES):
            selected = unmasked[np.argsort(x[row, unmasked, feature])[::-1][:k]]
            share = 1.0 / max(len(selected), 1) if reduction == "mean" else 1.0
            want[row, selected, feature] = share
    np.testing.assert_allclose(got, want, rtol=1e-6)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_unknown_number_of_steps_may_be_smaller_than_k(reduction: str) -> None:
    layer = MaskedGlobalTopKPooling1D(4, reduction=reduction)
    inputs = keras.Input((None, FEATURES))
    model = keras.Model(inputs, layer(inputs))
    x = sequences()
    for steps in (1, 3, STEPS):
        want = to_numpy(layer(x[:, :steps]))
        np.testing.assert_allclose(model.predict(x[:, :steps], verbose=0), want, rtol=1e-6)
