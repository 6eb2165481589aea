"""Table of the eight pooling layers with NumPy references, inputs and masks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest

from keras_seqext.pooling import (
    MaskedGlobalAttentionPooling1D,
    MaskedGlobalAveragePooling1D,
    MaskedGlobalLastPooling1D,
    MaskedGlobalLogSumExpPooling1D,
    MaskedGlobalMaxPooling1D,
    MaskedGlobalMinPooling1D,
    MaskedGlobalSumPooling1D,
    MaskedGlobalTopKPooling1D,
)

BATCH, STEPS, FEATURES = 5, 7, 3  # all different, so that swapped axes change the shape

Reference = Callable[[np.ndarray, list[np.ndarray]], np.ndarray]


@dataclass(frozen=True)
class Case:
    """A pooling layer and its NumPy reference for the unmasked steps of one row."""

    name: str
    make: Callable[..., keras.layers.Layer]
    reference: Reference

    def built(self, features: int = FEATURES, **options: Any) -> keras.layers.Layer:
        """Return a built layer with seeded random weights of unit variance."""
        layer = self.make(**options)
        last = layer.data_format == "channels_last"
        layer.build((None, None, features) if last else (None, features, None))
        rng = np.random.default_rng(7)
        layer.set_weights([rng.normal(size=weight.shape) for weight in layer.weights])
        return layer


def log_sum_exp(row: np.ndarray, sharpness: float, mean: bool) -> np.ndarray:
    total = np.exp(sharpness * row).sum(axis=0)
    return np.log(total / len(row) if mean else total) / sharpness


def attention(row: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    hidden = row if len(weights) == 1 else np.tanh(row @ weights[0] + weights[1])
    scores = np.exp(hidden @ weights[-1])
    return (scores / scores.sum()) @ row


CASES = [
    Case("max", MaskedGlobalMaxPooling1D, lambda row, _: row.max(axis=0)),
    Case("min", MaskedGlobalMinPooling1D, lambda row, _: row.min(axis=0)),
    Case("average", MaskedGlobalAveragePooling1D, lambda row, _: row.mean(axis=0)),
    Case("sum", MaskedGlobalSumPooling1D, lambda row, _: row.sum(axis=0)),
    Case("last", MaskedGlobalLastPooling1D, lambda row, _: row[-1]),
    Case(
        "log_sum_exp",
        partial(MaskedGlobalLogSumExpPooling1D, sharpness=2.0),
        lambda row, _: log_sum_exp(row, 2.0, mean=False),
    ),
    Case(
        "log_mean_exp",
        partial(MaskedGlobalLogSumExpPooling1D, sharpness=0.5, mean=True),
        lambda row, _: log_sum_exp(row, 0.5, mean=True),
    ),
    Case(
        "top_2_mean",
        partial(MaskedGlobalTopKPooling1D, k=2),
        lambda row, _: np.sort(row, axis=0)[-2:].mean(axis=0),
    ),
    Case(
        "top_3_sum",
        partial(MaskedGlobalTopKPooling1D, k=3, reduction="sum"),
        lambda row, _: np.sort(row, axis=0)[-3:].sum(axis=0),
    ),
    Case("attention", MaskedGlobalAttentionPooling1D, attention),
    Case("tanh_attention", partial(MaskedGlobalAttentionPooling1D, units=4), attention),
]

each_pooling = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def _lengths(counts: list[int]) -> np.ndarray:
    return np.arange(STEPS) < np.array(counts)[:, None]


# In `none` every step is masked; `mixed` has two fully masked rows.
MASKS = {
    "right": _lengths([7, 5, 3, 2, 1]),
    "left": _lengths([7, 5, 3, 2, 1])[:, ::-1],
    "scattered": np.array(
        [
            [1, 0, 1, 0, 0, 1, 0],
            [0, 1, 0, 1, 1, 0, 1],
            [0, 0, 0, 1, 0, 0, 0],
            [1, 1, 0, 0, 0, 0, 1],
            [0, 0, 1, 1, 0, 1, 1],
        ],
        dtype=bool,
    ),
    "all": _lengths([7, 7, 7, 7, 7]),
    "none": _lengths([0, 0, 0, 0, 0]),
    "mixed": _lengths([0, 7, 0, 3, 1]),
}

each_mask = pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS.keys())


def sequences(dtype: str = "float32") -> np.ndarray:
    """Return inputs `(batch, steps, features)` without ties, spaced for finite differences."""
    size = BATCH * STEPS * FEATURES
    values = np.random.default_rng(3).permutation(np.linspace(-2.0, 2.0, size))
    return values.reshape(BATCH, STEPS, FEATURES).astype(dtype)
