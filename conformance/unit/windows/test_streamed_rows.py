"""Tests of rows in files: read in blocks, scaled as in memory, pickled without their bytes."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

from keras_seqext import TimeseriesWindow

pytestmark = pytest.mark.backend_free


class CountingFile:
    """Rows that support slices only, like HDF5, and count the reads."""

    def __init__(self, values):
        self.values, self.shape, self.dtype = values, values.shape, values.dtype
        self.reads = 0

    def __len__(self):
        return len(self.values)

    def __getitem__(self, rows):
        assert isinstance(rows, slice)
        self.reads += 1
        return self.values[rows]


def assert_same(left, right):
    for expected, found in zip(left, right, strict=True):
        assert expected.dtype == found.dtype
        np.testing.assert_array_equal(expected, found)


@pytest.fixture
def mapped(tmp_path):
    def make(values, mode="r"):
        np.save(tmp_path / "rows.npy", values)
        return np.load(tmp_path / "rows.npy", mmap_mode=mode)

    return make


@pytest.mark.parametrize(
    "values",
    [
        50_000_000 + np.arange(200).reshape(100, 2) % 7,
        1.7e9 + 60.0 * np.arange(100),
        (1.7e9 + 60.0 * np.arange(100)).astype("float32"),
        np.arange(100) % 3 == 0,
        np.arange(100, dtype="uint16") * 600,
    ],
    ids=["integers near 5e7", "Unix seconds", "float32", "bool", "uint16"],
)
@pytest.mark.parametrize("streamed", ["memmap", "slices"])
def test_scaled_rows_from_a_file_equal_those_in_memory(values, streamed, mapped):
    from_file = mapped(values) if streamed == "memmap" else CountingFile(values)
    options = dict(lookback=4, step=2, delay=1, horizon=2)
    in_memory = TimeseriesWindow.split(values, **options)
    for expected, found in zip(
        in_memory, TimeseriesWindow.split(from_file, **options), strict=True
    ):
        assert_same(expected[0], found[0])
        original = expected.inverse_transform(expected[0][1])
        np.testing.assert_array_equal(original, found.inverse_transform(found[0][1]))


@pytest.mark.parametrize("options", [{}, dict(shuffle=True, seed=1), dict(stride=40)])
def test_windows_read_in_blocks_equal_those_in_memory(options):
    values = np.random.default_rng(0).normal(size=(600, 2))
    parts = [values[:250], values[250:]]
    files = [CountingFile(part) for part in parts]
    options = dict(lookback=12, step=3, delay=2, horizon=3, **options)
    in_memory, streamed = (TimeseriesWindow(data, **options) for data in (parts, files))
    for batch in range(len(in_memory)):
        assert_same(in_memory[batch], streamed[batch])


def test_neighbouring_windows_are_read_at_once():
    file = CountingFile(np.random.default_rng(0).normal(size=(100_000, 2)))
    windows = TimeseriesWindow(file, 0, lookback=24, step=2, delay=1, missing="skip")
    assert file.reads < 20  # one per block
    file.reads = 0
    windows.baseline("persistence")
    assert file.reads < 100
    file.reads = 0
    windows[0]
    assert file.reads == 2


@pytest.mark.parametrize(
    "view",
    [
        lambda m: m,
        lambda m: m[5:90],
        lambda m: m[:, 1:],
        lambda m: m[::-1],
        lambda m: m[3::2, ::2],
        lambda m: np.asarray(m)[:, 1],
    ],
    ids=["whole", "rows", "columns", "reversed", "strided", "one column"],
)
def test_pickled_memory_map_contains_no_rows(view, mapped):
    values = np.random.default_rng(0).normal(size=(20_000, 3))
    part = view(mapped(values))
    windows = TimeseriesWindow(part, part, lookback=4, delay=1)
    stored = pickle.dumps(windows)
    assert len(stored) < 5_000
    for copied in (pickle.loads(stored), pickle.loads(pickle.dumps(pickle.loads(stored)))):
        assert_same(windows[0], copied[0])
    assert_same(windows[0], copy.deepcopy(windows)[0])


def test_pickled_copy_on_write_map_contains_its_changes(mapped):
    part = mapped(np.arange(100.0), mode="c")
    part[0] = 7
    x, _ = pickle.loads(pickle.dumps(TimeseriesWindow(part, lookback=4, delay=1)))[0]
    assert x[0, 0, 0] == 7


def test_pickled_map_of_a_missing_file_is_an_error(mapped):
    part = mapped(np.arange(100.0))
    stored = pickle.dumps(TimeseriesWindow(part, lookback=4, delay=1))
    Path(part.filename).unlink()
    with pytest.raises(FileNotFoundError, match=r"rows\.npy.*does not exist.*Restore the file"):
        pickle.loads(stored)
