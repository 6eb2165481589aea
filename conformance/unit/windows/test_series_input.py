"""Tests of the accepted data and targets, of missing values and of gaps."""

import pickle

import numpy as np
import pandas as pd
import pytest

from keras_seqext import TimeseriesWindow

pytestmark = pytest.mark.backend_free
VALUES = np.arange(40.0).reshape(20, 2)
FRAME = pd.DataFrame(VALUES, columns=["a", "b"])
SIZES = dict(lookback=4, delay=2, batch_size=100)


@pytest.mark.parametrize(
    ("targets", "shape"),
    [
        (None, (15, 2)),
        (0, (15,)),
        (-1, (15,)),
        ("b", (15,)),
        (["b"], (15,)),
        (["b", "a"], (15, 2)),
        (np.arange(20.0), (15,)),
        (np.arange(20), (15,)),
        (np.arange(60.0).reshape(20, 3), (15, 3)),
        (pd.Series(np.arange(20.0)), (15,)),
        (FRAME, (15, 2)),
        (list(range(20)), (15,)),
    ],
)
@pytest.mark.parametrize("horizon", [1, 2])
def test_target_shapes(targets, shape, horizon):
    if isinstance(targets, list) and len(targets) == 20:
        targets = np.asarray(targets)
    dataset = TimeseriesWindow(FRAME, targets, horizon=horizon, **SIZES)
    x, y = dataset[0]
    windows = 16 - horizon
    assert x.shape == (windows, 4, 2)
    assert y.shape == (windows, *((horizon,) if horizon > 1 else ()), *shape[1:])


def test_a_series_of_one_column_has_flat_targets():
    assert TimeseriesWindow(np.arange(20.0), **SIZES)[0][1].shape == (15,)


@pytest.mark.parametrize(
    "data",
    [
        VALUES,
        VALUES.astype("int32"),
        np.asfortranarray(VALUES),
        VALUES[::-1][::-1],
        FRAME,
        FRAME.astype({"a": "int64"}),
        FRAME.astype("Float64"),
        [VALUES],
        {"one": VALUES},
    ],
)
def test_all_data_types_give_the_same_windows(data):
    x, y = TimeseriesWindow(data, 1, **SIZES)[0]
    np.testing.assert_array_equal(x[3], VALUES[3:7])
    np.testing.assert_array_equal(y, VALUES[5:, 1])
    assert x.dtype == np.float32


def test_unsorted_groups_reorder_target_arrays():
    frame = pd.DataFrame({"g": ["x", "y"] * 20, "v": np.arange(40.0)})
    targets = np.arange(40.0) * 10
    dataset = TimeseriesWindow(frame, targets, groups="g", lookback=3, delay=1, batch_size=100)
    x, y = dataset[0]
    assert x.shape == (34, 3, 1)
    np.testing.assert_array_equal(x[:, -1, 0] + 2, y / 10)  # the next row of the group
    assert set(x[0, :, 0]) == {0, 2, 4} and set(x[-1, :, 0]) == {33, 35, 37}


def test_a_dict_of_series_with_a_dict_of_targets():
    data = {"x": np.arange(10.0), "y": np.arange(100.0, 108.0)}
    targets = {"y": np.arange(8) + 50, "x": np.arange(10)}
    x, y = TimeseriesWindow(data, targets, lookback=2, delay=1, batch_size=99)[0]
    np.testing.assert_array_equal(x[:, -1, 0], [*range(1, 9), *range(101, 107)])
    np.testing.assert_array_equal(y, [*range(2, 10), *range(52, 58)])


def test_windows_do_not_cross_gaps():
    stamps = pd.date_range("2020-01-01", periods=20, freq="h").to_numpy().copy()
    stamps[10:] += np.timedelta64(100, "m")
    frame = FRAME.set_index(pd.DatetimeIndex(stamps))
    dataset = TimeseriesWindow(frame, "a", **SIZES)
    (gap,) = dataset.gaps
    assert gap.row == 10 and gap.after - gap.before == np.timedelta64(160, "m")
    assert dataset.num_windows == 2 * (10 - 4 - 2 + 1)
    assert TimeseriesWindow(frame, "a", timestamps=False, **SIZES).num_windows == 15
    column = frame.reset_index(names="when")
    assert TimeseriesWindow(column, "a", timestamps="when", **SIZES).num_windows == 10
    zone = frame.tz_localize("Europe/Berlin")
    assert TimeseriesWindow(zone, "a", **SIZES).num_windows == 10


def test_datetime_objects_of_python():
    times = [stamp.to_pydatetime() for stamp in pd.date_range("2020", periods=20, freq="D")]
    times[10:] = [time + pd.Timedelta(days=3) for time in times[10:]]
    assert len(TimeseriesWindow(VALUES, timestamps=times, **SIZES).gaps) == 1


class TestMissing:
    values = np.arange(30.0)
    sizes = dict(lookback=4, step=2, delay=1, batch_size=100)

    def with_missing(self, rows):
        values = self.values.copy()
        values[rows] = np.nan
        return values

    def test_error_by_default_names_the_row(self):
        with pytest.raises(ValueError, match=r"row 7 of data, column 0.*missing='skip'"):
            TimeseriesWindow(self.with_missing([7, 9]), **self.sizes)

    def test_error_in_the_batch_that_reads_a_file(self, tmp_path):
        np.save(tmp_path / "v.npy", self.with_missing([7])[:, None])
        mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
        with pytest.raises(ValueError, match=r"window that ends on row 6.*missing='skip'"):
            TimeseriesWindow(mapped, **{**self.sizes, "batch_size": 2})[1]

    @pytest.mark.parametrize("rows", [[0], [7], [7, 8], [29], [3, 17, 28]])
    @pytest.mark.parametrize("streamed", [False, True])
    def test_skip_uses_exactly_the_complete_windows(self, rows, streamed, tmp_path):
        values = self.with_missing(rows)
        if streamed:
            np.save(tmp_path / "v.npy", values)
            values = np.load(tmp_path / "v.npy", mmap_mode="r")
        dataset = TimeseriesWindow(values, missing="skip", **self.sizes)
        whole = TimeseriesWindow(self.values, **self.sizes)
        ends = whole.ends_in_time(0, whole.num_windows)
        complete = [
            e
            for e in ends
            if not set(rows) & {e - 2, e, e + 1}  # inputs and target
        ]
        np.testing.assert_array_equal(dataset.window_ends(0), complete)
        assert np.isfinite(dataset[0][0]).all() and np.isfinite(dataset[0][1]).all()

    def test_weight_and_mask(self):
        for missing in ("weight", "mask"):
            x, y, weight = TimeseriesWindow(self.with_missing([7]), missing=missing, **self.sizes)[
                0
            ]
            ends = np.arange(3, 29)
            np.testing.assert_array_equal(weight, ends + 1 != 7)
            assert y[ends + 1 == 7] == 0
            values = x["values"] if missing == "mask" else x
            assert np.isfinite(values).all()
            if missing == "mask":
                np.testing.assert_array_equal(
                    x["mask"], np.stack([ends - 2 != 7, ends != 7], axis=1)
                )


def test_pickling_preserves_the_order():
    dataset = TimeseriesWindow(np.arange(50.0), lookback=4, delay=1, shuffle=True, workers=2)
    dataset.set_epoch(3)
    first = dataset[0]
    again = pickle.loads(pickle.dumps(dataset))[0]
    np.testing.assert_array_equal(first[1], again[1])


def test_default_seed_follows_the_global_seed():
    import random

    orders = []
    for _ in range(2):
        random.seed(5)
        dataset = TimeseriesWindow(np.arange(50.0), lookback=4, delay=1, shuffle=True)
        orders.append(dataset[0][1])
    np.testing.assert_array_equal(*orders)
    assert dataset.drop_remainder is False and "46 windows" in repr(dataset)
