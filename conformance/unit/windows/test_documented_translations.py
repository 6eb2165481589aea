"""The functions in docs/windows.md return the same windows as the APIs that they replace."""

import re
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).parents[3] / "docs"
PAGE, MIGRATION = DOCS / "windows.md", DOCS / "howto" / "migrate.md"


@pytest.fixture(scope="module")
def documented():
    """Return the functions that the page defines."""
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S):
        if "model" not in block:
            exec(block, names)
    return names


def book_generator(data, lookback, delay, min_index, max_index, step):
    """Return one pass of the generator of the book, without its lost batch."""
    samples, targets = [], []
    for row in range(min_index + lookback, max_index):
        samples.append(data[range(row - lookback, row, step)])
        targets.append(data[row + delay][1])
    return np.array(samples), np.array(targets)


@pytest.mark.parametrize(("lookback", "step"), [(12, 3), (12, 1), (10, 3)])
def test_generator_of_the_book(documented, lookback, step):
    data = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
    samples, targets = book_generator(data, lookback, 5, 0, 55, step)
    x, y = documented["generator_windows"](data, 1, lookback, 5, step, batch_size=99)[0]
    np.testing.assert_array_equal(x, samples)
    np.testing.assert_array_equal(y, targets)


@pytest.mark.parametrize(("rate", "stride"), [(3, 2), (3, 1), (1, 4), (2, 3)])
def test_timeseries_dataset_from_array(documented, rate, stride):
    tf = pytest.importorskip("tensorflow")
    import keras

    if keras.backend.backend() != "tensorflow":
        pytest.skip("needs the TensorFlow backend")
    data = np.random.default_rng(1).normal(size=(70, 2)).astype("float32")
    offset, length = 17, 5
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
    x, y = translated(data, data[:, 0], offset, length, rate, stride, batch_size=99)[0]
    # The windows at the end, which Keras does not return, come after those of Keras.
    assert len(x) > len(a)
    np.testing.assert_array_equal(x[: len(a)], a)
    np.testing.assert_array_equal(y[: len(b)], b)


def keras_2_generator(data, targets, length, sampling_rate, stride):
    """Return all windows of `TimeseriesGenerator` of Keras 2, as its documentation defines them."""
    rows = range(length, len(data), stride)
    samples = [data[row - length : row : sampling_rate] for row in rows]
    return np.array(samples), np.array([targets[row] for row in rows])


def test_first_window_of_the_generator_of_keras_2():
    rows = np.arange(20)
    for length, rate, inputs, target in ((6, 2, [0, 2, 4], 6), (10, 3, [0, 3, 6, 9], 10)):
        samples, targets = keras_2_generator(rows, rows, length, rate, 1)
        assert samples[0].tolist() == inputs and targets[0] == target


@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize(("length", "rate"), [(6, 2), (10, 3), (10, 1), (7, 7), (3, 5), (11, 2)])
@pytest.mark.parametrize("columns", [(), (2,)])
def test_timeseries_generator(documented, length, rate, stride, columns):
    data = np.random.default_rng(2).normal(size=(50, *columns)).astype("float32")
    targets = np.arange(50.0, dtype="float32")
    samples, expected = keras_2_generator(data, targets, length, rate, stride)
    x, y = documented["generator_2_windows"](data, targets, length, rate, stride, batch_size=99)[0]
    np.testing.assert_array_equal(x, samples.reshape(*samples.shape[:2], *(columns or (1,))))
    np.testing.assert_array_equal(y, expected)


def test_example_on_the_page_of_migration():
    text = MIGRATION.read_text(encoding="utf-8").split("## `TimeseriesGenerator`")[1]
    names: dict = {}
    exec(re.search(r"```python\n(.*?)```", text, re.S)[1], names)
    samples, expected = keras_2_generator(names["data"], names["targets"], 6, 2, 1)
    # The first step - 1 = 1 window is left out, as the page states.
    np.testing.assert_array_equal(names["x"][..., 0], samples[1:5])
    np.testing.assert_array_equal(names["y"], expected[1:5])
