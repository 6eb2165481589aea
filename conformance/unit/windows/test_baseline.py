"""Tests of baseline forecasts for the windows of a dataset."""

import numpy as np
import pandas as pd
import pytest

from keras_seqext import TimeseriesWindow

pytestmark = pytest.mark.backend_free


def split_series(horizon=1, targets="t", **options):
    rng = np.random.default_rng(0)
    hours = np.arange(600)
    frame = pd.DataFrame(
        {"t": 10 + 5 * np.sin(hours * 2 * np.pi / 24) + rng.normal(0, 0.1, 600), "u": hours**1.5}
    )
    sizes = dict(lookback=48, step=2, delay=5, horizon=horizon)
    return frame, TimeseriesWindow.split(frame, targets, **sizes, **options)


@pytest.mark.parametrize("horizon", [1, 30])
def test_baselines_match_the_rows_of_the_series(horizon):
    frame, split = split_series(horizon)
    test = split.test
    values = frame["t"].to_numpy()
    ends = test.ends_in_time(0, test.num_windows)
    rows = test.shape.target_rows(ends)
    observed = values[rows]
    persistence = np.repeat(values[ends][:, None], horizon, axis=1)
    seasonal = values[rows - 24]
    if horizon == 30:  # the value of one day before is not observed yet for far targets
        seasonal = np.where(rows - 24 > ends[:, None], values[rows - 48], seasonal)
    mean = np.full_like(observed, values[:300].mean())
    for kind, expected, options in (
        ("persistence", persistence, {}),
        ("seasonal", seasonal, dict(period=24)),
        ("mean", mean, {}),
    ):
        found = test.baseline(kind, **options)
        shape = expected[:, 0] if horizon == 1 else expected
        np.testing.assert_allclose(found.predictions, shape, rtol=1e-4, err_msg=kind)
        np.testing.assert_allclose(found.mae, np.abs(expected - observed).mean(), rtol=1e-4)
        np.testing.assert_allclose(
            found.rmse, np.sqrt(((expected - observed) ** 2).mean()), rtol=1e-4
        )


def test_baseline_ignores_shuffling_and_has_an_axis_of_targets():
    frame, split = split_series(horizon=2, targets=["t", "u"], shuffle=True, seed=1)
    found = split.train.baseline("persistence")
    assert found.predictions.shape == (split.train.num_windows, 2, 2)
    ends = split.train.ends_in_time(0, split.train.num_windows)
    np.testing.assert_allclose(found.predictions[:, 0, 1], frame["u"][ends], rtol=1e-3)


def test_missing_targets_are_excluded_from_the_error():
    values = np.arange(50.0)
    values[30] = np.nan
    dataset = TimeseriesWindow(values, lookback=4, delay=1, missing="weight")
    found = dataset.baseline("persistence")
    assert found.mae == 1.0 and len(found.targets) == dataset.num_windows


def test_mean_baseline_uses_the_given_mean_or_the_mean_of_the_targets():
    dataset = TimeseriesWindow(np.arange(10.0), lookback=2, delay=1)
    assert dataset.baseline("mean", mean=3.0).predictions[0] == 3.0
    assert dataset.baseline("mean").predictions[0] == np.arange(2.0, 10).mean()


@pytest.mark.parametrize("scaler", ["standard", None])
def test_mean_baseline_of_rows_in_a_file_uses_the_training_rows(scaler, tmp_path):
    values = np.arange(200.0)
    values[5] = np.nan
    np.save(tmp_path / "rows.npy", values)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    options = dict(lookback=3, delay=1, missing="skip", scaler=scaler)
    for part in ("validation", "test"):
        forecasts = [
            getattr(TimeseriesWindow.split(data, **options), part).baseline("mean")
            for data in (values, mapped)
        ]
        for found in forecasts:
            np.testing.assert_allclose(found.predictions, np.nanmean(values[:100]), rtol=1e-6)
