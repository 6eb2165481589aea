"""The layers, the cell and the dataset of this package pass the checks."""

import numpy as np
import pytest

import keras_seqext as seqext
from keras_seqext.testing import check_cell, check_dataset, check_layer

from .package_layers import PACKAGE_LAYERS
from .scope import LONG, scope

LEVEL = "recommended" if LONG else "core"


@pytest.mark.parametrize("case", PACKAGE_LAYERS, ids=[case.label for case in PACKAGE_LAYERS])
def test_layers_of_the_package(case):
    report = check_layer(case, **scope("recommended"), on_fail="collect")
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert len(report.passed) >= 20


@pytest.mark.parametrize("options", [{}, {"dropout": 0.3, "recurrent_dropout": 0.2, "seed": 1}])
def test_cell_of_the_package(options):
    report = check_cell(lambda: seqext.MinimalRNNCell(3, **options), name="MinimalRNNCell")
    assert not report.failed


@pytest.mark.parametrize("shuffle", [False, True])
def test_dataset_of_the_package(shuffle):
    rows = np.random.default_rng(0).normal(size=(90, 3)).astype("float32")

    def make():
        return seqext.TimeseriesWindow(
            rows, targets=0, lookback=8, delay=2, batch_size=16, shuffle=shuffle, seed=3
        )

    report = check_dataset(make, num_samples=rows.shape[0] - 8 - 1, level=LEVEL)
    assert not report.failed and len(report.passed) >= 5
