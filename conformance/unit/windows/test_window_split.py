"""Tests of splits: no leakage between the sets, and scaling by the training rows."""

import numpy as np
import pandas as pd
import pytest

from keras_seqext import SeriesScaler, TimeseriesWindow

pytestmark = pytest.mark.backend_free
SIZES = dict(lookback=6, step=2, delay=3, horizon=2)


def rows_used(part):
    ends = part.ends_in_time(0, part.num_windows)
    shape = part.shape
    return set(shape.input_rows(ends).ravel()), set(shape.target_rows(ends).ravel())


@pytest.mark.parametrize(
    "cut",
    [
        dict(fractions=(0.6, 0.2, 0.2)),
        dict(indices=(50, 80)),
        dict(dates=("2020-02-20", np.datetime64("2020-03-21"))),
        {},
    ],
    ids=["fractions", "indices", "dates", "default"],
)
def test_sets_share_no_rows(cut):
    frame = pd.DataFrame(
        {"t": np.arange(100.0) ** 2}, index=pd.date_range("2020-01-01", periods=100, freq="D")
    )
    parts = TimeseriesWindow.split(frame, "t", **cut, **SIZES)
    used = [rows_used(part) for part in parts]
    for earlier in range(3):
        for later in range(earlier + 1, 3):
            rows = [used[i][0] | used[i][1] for i in (earlier, later)]
            assert not rows[0] & rows[1]
    if "indices" in cut or "dates" in cut:
        first = {"indices": 50, "dates": 50}[next(iter(cut))]
        assert min(used[1][0] | used[1][1]) >= first


def test_without_embargo_more_windows_and_every_target_in_one_set():
    apart = TimeseriesWindow.split(np.arange(100.0), **SIZES)
    together = TimeseriesWindow.split(np.arange(100.0), embargo=False, **SIZES)
    assert together.validation.num_windows > apart.validation.num_windows
    targets = [rows_used(part)[1] for part in together]
    assert not targets[0] & targets[1] and not targets[1] & targets[2]
    assert set().union(*targets) == set(range(8, 100))


def test_embargo_in_rows_skips_them():
    parts = TimeseriesWindow.split(np.arange(100.0), embargo=10, **SIZES)
    assert min(rows_used(parts.validation)[0]) >= 50 + 10
    assert max(rows_used(parts.train)[1]) == 49


def test_every_series_is_divided():
    frame = pd.DataFrame({"site": ["b"] * 60 + ["a"] * 40, "v": np.arange(100.0)})
    parts = TimeseriesWindow.split(frame, "v", groups="site", lookback=3, delay=1)
    train_rows = rows_used(parts.train)[0]
    assert train_rows <= set(range(30)) | set(range(60, 80))
    assert rows_used(parts.test)[1] <= set(range(45, 60)) | set(range(90, 100))


@pytest.mark.parametrize("kind", ["standard", "robust"])
@pytest.mark.parametrize("step", [1, 2])
def test_scaling_uses_the_training_rows_and_is_invertible(kind, step):
    rng = np.random.default_rng(0)
    values = rng.normal(5, 3, size=(400, 2))
    values[300:] += 1_000  # must not affect the scaler
    parts = TimeseriesWindow.split(
        values, 1, scaler=kind, lookback=4, step=step, delay=2, batch_size=1_000
    )
    train = values[:200]
    if kind == "standard":
        center, scale = train.mean(axis=0), train.std(axis=0)
    else:
        low, center, high = np.percentile(train, [25, 50, 75], axis=0)
        scale = high - low
    np.testing.assert_allclose(parts.train.scaler.center, center, rtol=1e-12)
    np.testing.assert_allclose(parts.train.scaler.scale, scale, rtol=1e-12)
    x, y = parts.test[0]
    ends = parts.test.window_ends(0)
    np.testing.assert_allclose(
        x, ((values - center) / scale)[parts.test.shape.input_rows(ends)], rtol=1e-5
    )
    np.testing.assert_allclose(parts.test.inverse_transform(y), values[ends + 2, 1], rtol=1e-6)


def test_streamed_series_is_scaled_batch_by_batch(tmp_path):
    values = np.random.default_rng(1).normal(5, 3, size=(200, 2)).astype("float32")
    np.save(tmp_path / "v.npy", values)
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    for in_memory, streamed in zip(
        TimeseriesWindow.split(values, lookback=4, step=2, delay=1),
        TimeseriesWindow.split(mapped, lookback=4, step=2, delay=1),
        strict=True,
    ):
        for left, right in zip(in_memory[0], streamed[0], strict=True):
            np.testing.assert_allclose(left, right, atol=1e-5)


def test_float_target_arrays_are_scaled_and_integers_are_not():
    values = np.random.default_rng(2).normal(size=120)
    floats = TimeseriesWindow.split(values, values * 10 + 3, lookback=4, delay=1)
    y = floats.validation[0][1]
    ends = floats.validation.window_ends(0)
    np.testing.assert_allclose(
        floats.validation.inverse_transform(y), values[ends + 1] * 10 + 3, rtol=1e-5
    )
    assert abs(y.mean()) < 1
    labels = (values > 0).astype(int)
    parts = TimeseriesWindow.split(values, labels, lookback=4, delay=0)
    y = parts.validation[0][1]
    assert y.dtype.kind == "i"
    np.testing.assert_array_equal(y, labels[parts.validation.window_ends(0)])


def test_only_the_training_set_is_shuffled():
    parts = TimeseriesWindow.split(
        np.arange(200.0),
        lookback=4,
        delay=1,
        shuffle=True,
        seed=0,
        drop_remainder=True,
        batch_size=16,
    )
    assert parts.train.shuffle and parts.train.drop_remainder
    assert not parts.test.shuffle and not parts.test.drop_remainder


def test_scaler_does_not_depend_on_the_blocks():
    values = np.random.default_rng(3).normal(1e4, 0.5, size=(1_000, 3))
    values[::7, 1] = np.nan
    whole = SeriesScaler.fit([values])
    pieces = SeriesScaler.fit(np.array_split(values, 13))
    np.testing.assert_allclose(whole.center, np.nanmean(values, axis=0), rtol=1e-12)
    np.testing.assert_allclose(pieces.scale, np.nanstd(values, axis=0), rtol=1e-9)
    np.testing.assert_allclose(pieces.center, whole.center, rtol=1e-12)


@pytest.mark.parametrize("cut", [{}, dict(indices=(20, 30)), dict(fractions=(0.6, 0.2, 0.2))])
@pytest.mark.parametrize("rows", [1, 2, 4])
def test_short_series_does_not_prevent_the_split_of_the_others(rows, cut):
    sizes = dict(lookback=2, delay=1)
    parts = TimeseriesWindow.split([np.arange(40.0), np.arange(float(rows))], **cut, **sizes)
    alone = TimeseriesWindow.split([np.arange(40.0)], **cut, **sizes)
    more = 2 if "indices" in cut and rows == 4 else 0  # rows before index 20 are training rows
    assert parts.train.num_windows == alone.train.num_windows + more
    for name in ("validation", "test"):
        assert getattr(parts, name).num_windows == getattr(alone, name).num_windows
