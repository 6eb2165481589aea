"""Windows equal a slow and simple reference implementation, element by element."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seqext import TimeseriesWindow

from .reference import reference_windows

pytestmark = pytest.mark.backend_free


@st.composite
def window_settings(draw):
    step = draw(st.integers(1, 4))
    sizes = {
        "lookback": step * draw(st.integers(1, 5)),
        "delay": draw(st.integers(0, 6)),
        "step": step,
        "horizon": draw(st.integers(1, 4)),
        "stride": draw(st.integers(1, 5)),
    }
    need = sizes["lookback"] + sizes["delay"] + sizes["horizon"] - 1
    return sizes, need + draw(st.integers(0, 40)), draw(st.integers(1, 9))


def all_batches(dataset):
    batches = [dataset[i] for i in range(len(dataset))]
    return [np.concatenate(parts) for parts in zip(*batches, strict=True)]


def shaped(outputs, horizon):
    return outputs[:, 0] if horizon == 1 else outputs


@settings(max_examples=60, deadline=None)
@given(window_settings(), st.integers(1, 3), st.integers(0, 2**31))
def test_one_series_equals_the_reference(arguments, columns, seed):
    sizes, rows, batch = arguments
    values = np.random.default_rng(seed).normal(size=(rows, columns)).astype("float32")
    dataset = TimeseriesWindow(values, targets=0, batch_size=batch, **sizes)
    x, y = all_batches(dataset)
    inputs, outputs, _ = reference_windows(values, values[:, 0], **sizes)
    np.testing.assert_array_equal(x, inputs)
    np.testing.assert_array_equal(y, shaped(outputs, sizes["horizon"]))
    assert len(dataset) == -(-len(inputs) // batch)
    assert dataset.num_windows == len(inputs)


@settings(max_examples=40, deadline=None)
@given(window_settings(), st.integers(1, 3), st.booleans(), st.integers(0, 2**31))
def test_several_series_with_gaps_equal_the_reference(arguments, count, streamed, seed):
    sizes, rows, batch = arguments
    rng = np.random.default_rng(seed)
    series, stamps, breaks = [], [], []
    for _ in range(count):
        length = rows + int(rng.integers(0, 20))
        cut = sorted(set(rng.integers(1, length, size=2).tolist())) if length > 8 else []
        jumps = np.ones(length, int)
        jumps[cut] = 7
        series.append(rng.normal(size=(length, 2)).astype("float32"))
        stamps.append(np.datetime64("2020-01-01T00", "h") + np.cumsum(jumps))
        breaks.append(cut)
    expected = [
        reference_windows(values, values[:, 1], breaks=cut, **sizes)
        for values, cut in zip(series, breaks, strict=True)
    ]
    total = sum(len(ends) for *_, ends in expected)
    data = [Sliced(values) for values in series] if streamed else series
    if not total:
        with pytest.raises(ValueError, match="no window fits"):
            TimeseriesWindow(data, 1, timestamps=stamps, **sizes)
        return
    dataset = TimeseriesWindow(data, 1, timestamps=stamps, batch_size=batch, **sizes)
    x, y = all_batches(dataset)
    np.testing.assert_array_equal(x, np.concatenate([i for i, *_ in expected if len(i)]))
    outputs = np.concatenate([o for _, o, _ in expected if len(o)])
    np.testing.assert_array_equal(y, shaped(outputs, sizes["horizon"]))
    assert len(dataset.gaps) == sum(len(cut) for cut in breaks)


class Sliced:
    """Array that can only be sliced, like a dataset in a file; records the largest slice."""

    def __init__(self, values):
        self._values, self.shape, self.dtype = values, values.shape, values.dtype
        self.largest = 0

    def __len__(self):
        return len(self._values)

    def __getitem__(self, key):
        assert isinstance(key, slice), key
        found = self._values[key]
        self.largest = max(self.largest, len(found))
        return found


@settings(max_examples=30, deadline=None)
@given(window_settings(), st.integers(0, 2**31), st.integers(0, 2**40))
def test_shuffling_only_changes_the_order(arguments, seed, shuffle_seed):
    sizes, rows, batch = arguments
    rows += 2  # room for the delay
    values = np.random.default_rng(seed).normal(size=rows)
    plain = TimeseriesWindow(values, lookback=sizes["lookback"], delay=1, horizon=1)
    mixed = TimeseriesWindow(
        values,
        lookback=sizes["lookback"],
        delay=1,
        batch_size=batch,
        shuffle=True,
        seed=shuffle_seed,
    )
    for epoch in range(2):
        mixed.set_epoch(epoch)
        np.testing.assert_array_equal(
            np.sort(all_batches(mixed)[1]), np.sort(all_batches(plain)[1])
        )


def test_streamed_series_is_read_window_by_window():
    data = Sliced(np.random.default_rng(0).normal(size=(5_000, 2)))
    dataset = TimeseriesWindow(data, 0, lookback=20, delay=2, batch_size=32, shuffle=True, seed=1)
    for i in range(3):
        dataset[i]
    assert data.largest < 1_000  # a few neighbouring windows at once


def test_memory_map_is_not_loaded(tmp_path):
    path = tmp_path / "series.npy"
    values = np.random.default_rng(0).normal(size=(1_000, 3)).astype("float32")
    np.save(path, values)
    sizes = dict(lookback=12, step=3, delay=4, batch_size=50, shuffle=True, seed=3)
    mapped = TimeseriesWindow(np.load(path, mmap_mode="r"), 1, **sizes)
    assert not mapped.source.in_memory
    for streamed, loaded in zip(
        all_batches(mapped), all_batches(TimeseriesWindow(values, 1, **sizes)), strict=True
    ):
        np.testing.assert_array_equal(streamed, loaded)


def test_batches_do_not_share_memory():
    values = np.arange(40.0, dtype="float32")
    dataset = TimeseriesWindow(values, lookback=4, delay=1)
    first = dataset[0]
    again = dataset[0]
    for part in first:
        part[...] = -1
    np.testing.assert_array_equal(values, np.arange(40.0))
    assert (again[0] >= 0).all() and (dataset[0][0] >= 0).all()
