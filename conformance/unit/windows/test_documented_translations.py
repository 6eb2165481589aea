"""The functions in docs/windows.md give the same windows as the APIs that they replace."""

import re
from pathlib import Path

import numpy as np
import pytest

DOC = Path(__file__).parents[3] / "docs" / "windows.md"


@pytest.fixture(scope="module")
def documented():
    """Return the functions that the page defines."""
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", DOC.read_text(encoding="utf-8"), re.S):
        if "model" not in block:
            exec(block, names)
    return names


def book_generator(data, lookback, delay, min_index, max_index, batch_size, step):
    """Return one pass of the generator of the book, without its lost batch."""
    samples, targets = [], []
    for row in range(min_index + lookback, max_index):
        samples.append(data[range(row - lookback, row, step)])
        targets.append(data[row + delay][1])
    return np.array(samples), np.array(targets)


def test_generator_of_the_book(documented):
    data = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
    samples, targets = book_generator(data, 12, 5, 0, 54, 4, 3)
    x, y = documented["generator_windows"](data, 1, 12, 5, 3, batch_size=99)[0]
    # The lookback of `TimeseriesWindow` ends on the last observed row, so that its first window
    # ends on row lookback - 1. The first window of the generator ends on row lookback - step.
    samples, targets = samples[3 - 1 :], targets[3 - 1 :]
    np.testing.assert_array_equal(x[: len(samples)], samples)
    np.testing.assert_array_equal(y[: len(targets)], targets)
    assert len(x) == 60 - (12 + 8 + 1 - 1) + 1  # no window is lost at the end


def test_timeseries_dataset_from_array(documented):
    tf = pytest.importorskip("tensorflow")
    import keras

    if keras.backend.backend() != "tensorflow":
        pytest.skip("needs the TensorFlow backend")
    data = np.random.default_rng(1).normal(size=(70, 2)).astype("float32")
    offset, length, rate, stride = 17, 5, 3, 2
    dataset = keras.utils.timeseries_dataset_from_array(
        data[:-offset],
        data[offset:, 0],
        sequence_length=length,
        sampling_rate=rate,
        sequence_stride=stride,
        batch_size=99,
    )
    a, b = next(iter(dataset))
    assert isinstance(a, tf.Tensor)
    translated = documented["from_array_windows"]
    x, y = translated(data, 0, offset, length, rate, 1, batch_size=99)[0]
    # The windows of `TimeseriesWindow` begin rate - 1 = 2 rows later, with the second window of
    # Keras, and include those at the end that Keras does not return.
    np.testing.assert_array_equal(x[::stride][: len(a) - 1], a[1:])
    np.testing.assert_array_equal(y[::stride][: len(b) - 1], b[1:])
    assert x.shape[0] > stride * (len(a) - 2)


def test_timeseries_generator(documented):
    data = np.random.default_rng(2).normal(size=(50, 1)).astype("float32")
    targets = np.arange(50)
    length, rate = 6, 2
    x, y = documented["generator_2_windows"](data, targets, length, rate, batch_size=99)[0]
    # As documented by Keras 2: the rows i - length, ..., i - rate in steps of `rate`; target i.
    for window, target in zip(x, y, strict=True):
        rows = range(target - length, target, rate)
        np.testing.assert_array_equal(window, data[list(rows)])
    assert y[-1] == 49
