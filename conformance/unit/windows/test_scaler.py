"""Tests of scalers: of inputs and targets, matched by name, for a later dataset."""

import pickle

import numpy as np
import pandas as pd
import pytest

from keras_seqext import SeriesScaler, TimeseriesWindow

pytestmark = pytest.mark.backend_free
SIZES = dict(lookback=3, delay=1)
ROWS = np.arange(200.0)
TARGETS = 1000 + np.random.default_rng(0).normal(size=200)
FRAME = pd.DataFrame({"p": 1000 + np.cos(ROWS), "t": np.sin(ROWS)})
BACK = FRAME[["t", "p"]]


def split_of(targets, data=ROWS, **options):
    return TimeseriesWindow.split(data, targets, **SIZES, **options)


@pytest.mark.parametrize("copied", [lambda s: s, lambda s: pickle.loads(pickle.dumps(s))])
def test_scaler_of_a_target_array_is_kept_with_the_scaler_of_the_inputs(copied):
    train = split_of(TARGETS).train
    scaler = copied(train.scaler)
    later = TimeseriesWindow(ROWS, TARGETS, scaler=scaler, **SIZES)
    again = split_of(TARGETS, scaler=scaler).train
    for dataset in (later, again):
        assert dataset.scaler == train.scaler
        assert dataset.inverse_transform(np.zeros(1)) == TARGETS[:100].mean()
        np.testing.assert_array_equal(dataset[0][1][:90], train[0][1][:90])
    np.testing.assert_allclose(
        scaler.targets.inverse_transform(train[0][1][:, None])[:, 0], TARGETS[3:100], rtol=1e-7
    )


def test_integer_targets_are_scaled_like_the_floats_that_the_scaler_was_fitted_to():
    scaler = split_of(TARGETS).train.scaler
    later = TimeseriesWindow(ROWS, np.full(200, 1000), scaler=scaler, **SIZES)
    expected = (1000 - TARGETS[:100].mean()) / TARGETS[:100].std()
    np.testing.assert_allclose(later[0][1], expected, rtol=1e-5)


def test_split_with_a_scaler_of_the_inputs_fits_one_for_the_targets():
    scaler = SeriesScaler.fit([ROWS[:, None]])
    train = split_of(TARGETS, scaler=scaler).train
    np.testing.assert_array_equal(train.scaler.center, scaler.center)
    assert train.scaler.targets == SeriesScaler.fit([TARGETS[:100, None]])
    unscaled = TimeseriesWindow(ROWS, TARGETS, scaler=scaler, **SIZES)
    np.testing.assert_allclose(unscaled[0][1][0], TARGETS[3], rtol=1e-6)
    assert unscaled.inverse_transform(np.zeros(1)) == 0


@pytest.mark.parametrize(
    "labels",
    [
        pd.DataFrame({"y": [0, 1] * 100}),
        pd.DataFrame({"y": [False, True] * 100}),
        pd.DataFrame({"y": [0, 1] * 100}, dtype="Int64"),
        pd.DataFrame({"y": [0, 1] * 100, "z": [1, 0] * 100}, dtype="uint8"),
        {"a": pd.DataFrame({"y": [0, 1] * 100})},
    ],
    ids=["int", "bool", "nullable", "two columns", "dict"],
)
def test_labels_in_a_frame_are_not_scaled(labels):
    data = {"a": ROWS} if isinstance(labels, dict) else ROWS
    frame = labels["a"] if isinstance(labels, dict) else labels
    train = split_of(labels, data).train
    y = train[0][1]
    assert y.dtype.kind in "iub"
    np.testing.assert_array_equal(y, frame.to_numpy()[3:100].astype(y.dtype))
    np.testing.assert_array_equal(train.inverse_transform(y), y)


def test_large_integers_in_a_frame_are_exact():
    large = 2**53 + np.arange(200)
    y = split_of(pd.DataFrame({"y": large})).train[0][1]
    np.testing.assert_array_equal(y[:, 0], large[3:100])


def test_labels_with_missing_values_are_not_scaled():
    nullable = pd.DataFrame({"y": [0, 1] * 100}, dtype="Int64")
    nullable.iloc[3] = pd.NA
    masked = np.ma.masked_array([0, 1] * 100, np.arange(200) == 3)
    for labels in (nullable, masked):
        _, y, weight = split_of(labels, missing="weight").train[0]
        assert y.dtype == "float32" and set(y.ravel().tolist()) == {0, 1}
        assert weight.tolist() == [0] + [1] * 96


def test_columns_of_labels_between_columns_of_floats_are_not_scaled():
    both = pd.DataFrame({"label": [0, 1] * 100, "value": TARGETS})
    train = split_of(both).train
    y = train[0][1]
    np.testing.assert_array_equal(y[:, 0], both["label"][3:100])
    assert abs(y[:, 1].mean()) < 0.1
    np.testing.assert_allclose(train.inverse_transform(y), both[3:100], rtol=1e-6)


def test_integers_in_one_series_and_floats_in_another_remain_floats():
    parts = [np.arange(20), np.arange(20) + 0.5]
    dataset = TimeseriesWindow([ROWS[:20], ROWS[:20]], parts, **SIZES)
    assert dataset[0][1].tolist()[-1] == 19.5


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("targets", [1, [1], None, TARGETS], ids=["1", "[1]", "all", "array"])
def test_inputs_only_can_be_scaled(streamed, targets, tmp_path):
    data = FRAME
    if streamed:
        np.save(tmp_path / "rows.npy", FRAME.to_numpy())
        data = np.load(tmp_path / "rows.npy", mmap_mode="r")
    train = split_of(targets, data, scale_targets=False).train
    columns = FRAME if targets is None else FRAME["t"]
    expected = TARGETS if targets is TARGETS else columns.to_numpy()
    later = TimeseriesWindow(data, targets, scaler=train.scaler, **SIZES)
    for dataset in (train, later):
        x, y = dataset[0]
        np.testing.assert_allclose(y[:97], expected[3:100], rtol=1e-6)
        np.testing.assert_array_equal(dataset.inverse_transform(y), y)
        assert abs(x.mean()) < 0.1
        baseline = dataset.baseline("persistence")
        np.testing.assert_allclose(baseline.targets[:97], expected[3:100], rtol=1e-6)
    assert "inputs scaled" in repr(train)


def test_masked_values_are_missing():
    masked = np.ma.masked_values(np.where(ROWS == 3, -9999, ROWS), -9999)
    present = np.delete(ROWS[:100], 3)
    for scaler in (
        split_of(None, masked, missing="skip").train.scaler,
        split_of(masked, missing="weight").train.scaler.targets,
        SeriesScaler.fit([masked[:100, None]]),
        SeriesScaler.fit(masked[:100, None]),
    ):
        assert scaler.center == present.mean()
        np.testing.assert_allclose(scaler.scale, present.std())
    assert np.isnan(scaler.transform(masked[:, None])[3, 0])
    assert split_of(None, masked, missing="skip").train.num_windows == 97 - 4
    integers = np.ma.masked_equal(np.where(ROWS == 3, -9999, ROWS).astype(int), -9999)
    with pytest.raises(ValueError, match="are missing.*row 3"):
        TimeseriesWindow([integers], **SIZES)
    with pytest.raises(ValueError, match="are missing.*row 3"):
        TimeseriesWindow(ROWS, integers, **SIZES)
    predicted = split_of(TARGETS).test.inverse_transform(np.ma.masked_array([1.0, 2], [0, 1]))
    assert np.isnan(predicted).tolist() == [False, True]


def test_columns_of_a_frame_are_matched_by_name():
    expected = split_of("t", FRAME).train
    scaler = expected.scaler
    assert scaler.names == ("p", "t")
    for dataset in (
        TimeseriesWindow(BACK, "t", scaler=scaler, **SIZES),
        split_of("t", BACK, scaler=scaler).train,
    ):
        assert dataset.scaler.names == ("t", "p")
        np.testing.assert_array_equal(dataset[0][0][:90, :, ::-1], expected[0][0][:90])
        np.testing.assert_array_equal(dataset[0][1][:90], expected[0][1][:90])
    scaled = scaler.transform(FRAME)
    np.testing.assert_array_equal(scaler.transform(BACK), scaled[:, ::-1])
    np.testing.assert_array_equal(scaler.transform(FRAME.to_numpy()), scaled)
    back = pd.DataFrame(scaled[:, ::-1], columns=["t", "p"])
    np.testing.assert_allclose(scaler.inverse_transform(back), BACK, atol=1e-12)
    assert SeriesScaler.fit([FRAME, BACK]) == SeriesScaler.fit([FRAME, FRAME])


def test_targets_in_a_frame_are_matched_by_name():
    scaler = split_of(FRAME).train.scaler
    x, y = TimeseriesWindow(ROWS, BACK, scaler=scaler, **SIZES)[0]
    np.testing.assert_array_equal(
        y[:, ::-1], TimeseriesWindow(ROWS, FRAME, scaler=scaler, **SIZES)[0][1]
    )


def test_table_is_accepted_in_place_of_blocks():
    by_blocks = SeriesScaler.fit([FRAME])
    assert SeriesScaler.fit(FRAME) == by_blocks and by_blocks.names == ("p", "t")
    assert SeriesScaler.fit(FRAME.to_numpy()) == SeriesScaler.fit([FRAME.to_numpy()])


def test_equal_scalers_have_the_same_hash():
    scaler, same = (split_of(TARGETS, FRAME).train.scaler for _ in range(2))
    assert scaler == same and hash(scaler) == hash(same) and len({scaler, same}) == 1
    assert scaler != SeriesScaler(scaler.center, scaler.scale) and scaler != 3
    with pytest.raises(ValueError, match="read-only"):
        scaler.center[0] = 3
    center = np.zeros(1)
    assert SeriesScaler(center, np.ones(1)).center is not center
    center[0] = 1  # the array that was passed stays writeable


def test_number_that_is_a_name_selects_by_name():
    frame = pd.DataFrame(np.arange(60.0).reshape(20, 3), columns=[10, 20, 30])
    assert TimeseriesWindow(frame, 20, **SIZES)[0][1][0] == 10
    assert TimeseriesWindow(frame, "20", **SIZES)[0][1][0] == 10
    assert TimeseriesWindow(frame, 1, **SIZES)[0][1][0] == 10
    numbered = frame.set_axis([0, 1, 2], axis=1)
    assert TimeseriesWindow(numbered, 2, **SIZES)[0][1][0] == 11


@pytest.mark.parametrize(
    ("targets", "horizon", "given", "shape"),
    [
        (TARGETS, 1, (90, 1), (90,)),
        ("t", 1, (90, 1), (90,)),
        ("t", 1, (90,), (90,)),
        ("t", 1, (), ()),
        ("t", 1, (5, 90), (5, 90)),
        ("t", 4, (90, 4, 1), (90, 4)),
        ("t", 4, (90, 4), (90, 4)),
        ("t", 4, (4,), (4,)),
        (None, 1, (90, 1, 2), (90, 2)),
        (None, 1, (90, 2), (90, 2)),
        (None, 4, (90, 4, 2), (90, 4, 2)),
    ],
)
def test_original_units_have_the_shape_of_the_targets(targets, horizon, given, shape):
    dataset = split_of(targets, FRAME, horizon=horizon).train
    assert dataset.inverse_transform(np.zeros(given)).shape == shape
