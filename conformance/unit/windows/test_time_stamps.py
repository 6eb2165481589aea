"""Tests of time stamps: their types and units, time zones, periods and gaps."""

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import pytest

from keras_seqext import TimeseriesWindow

pytestmark = pytest.mark.backend_free
SIZES = dict(lookback=4, delay=1, batch_size=100)
BERLIN = "Europe/Berlin"
# 40 hourly rows; 5 are missing before row 20.
GAP = pd.date_range("2024-01-01", periods=45, freq="h").delete(range(20, 25))
FRAME = pd.DataFrame({"a": np.arange(40.0), "b": np.arange(40.0)}, GAP)


def windows(stamps, values=None, **options):
    values = np.arange(float(len(stamps))) if values is None else values
    return TimeseriesWindow(values, timestamps=stamps, **{**SIZES, **options})


def indexed(index):
    return TimeseriesWindow(pd.Series(np.arange(float(len(index))), index), **SIZES)


INDEXES = {
    "times": GAP,
    "nanoseconds": GAP.as_unit("ns"),
    "time zone": GAP.tz_localize(BERLIN),
    "periods": GAP.to_period("h"),
    "datetime objects": pd.Index(GAP.to_pydatetime(), dtype=object),
    "datetime objects with a zone": pd.Index(GAP.tz_localize(BERLIN).to_pydatetime(), dtype=object),
    "durations": GAP - GAP[0],
}


@pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES)
@pytest.mark.parametrize("data", [FRAME, FRAME["a"]], ids=["frame", "series"])
def test_a_gap_in_any_index_of_times_is_found(data, index):
    dataset = TimeseriesWindow(data.set_axis(index), **SIZES)
    assert [gap.row for gap in dataset.gaps] == [20]
    assert dataset.num_windows == 2 * (20 - 4)
    assert TimeseriesWindow(data.set_axis(index), timestamps=False, **SIZES).num_windows == 36
    assert [gap.row for gap in windows(index).gaps] == [20]
    assert [gap.row for gap in windows(list(index)).gaps] == [20]


def test_dates_of_python_in_the_index():
    dates = [dt.date(1500, 1, 1) + dt.timedelta(day) for day in [*range(20), *range(22, 42)]]
    assert [gap.row for gap in TimeseriesWindow(FRAME.set_axis(dates), **SIZES).gaps] == [20]


def test_a_column_of_integers_that_allows_missing_values_as_stamps():
    stamps = pd.Series(np.arange(40), dtype="Int64")
    assert windows(stamps).gaps == []
    with pytest.raises(ValueError, match="row 3 has no time"):
        windows(stamps.where(stamps != 3))
    with pytest.raises(ValueError, match="row 3 has no time"):
        windows(np.ma.masked_equal(np.arange(40), 3))


@pytest.mark.parametrize("text", ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y"])
def test_dates_as_text_in_the_index_are_an_error(text):
    with pytest.raises(TypeError, match="times as text"):
        TimeseriesWindow(FRAME.set_axis(GAP.strftime(text)), **SIZES)


def test_other_text_in_the_index_is_ignored():
    for names in (GAP.strftime("%Y%m%d%H"), [f"row {i}" for i in range(40)]):
        assert TimeseriesWindow(FRAME.set_axis(names), **SIZES).num_windows == 36


class TestIndexOfSeveralLevels:
    frame = pd.concat({"x": FRAME, "y": FRAME}, names=["st", "time"])

    @pytest.mark.parametrize("options", [{"groups": "st"}, {"groups": "st", "timestamps": "time"}])
    def test_names_of_levels(self, options):
        for data in (self.frame, self.frame["a"], self.frame.reset_index(level="st")):
            if isinstance(data, pd.DataFrame) and "st" in data and "timestamps" in options:
                continue
            dataset = TimeseriesWindow(data, **options, **SIZES)
            assert [gap[:2] for gap in dataset.gaps] == [("group x", 20), ("group y", 20)]
            assert dataset.num_windows == 4 * (20 - 4)

    def test_an_array_of_groups(self):
        groups = self.frame.index.get_level_values(0)
        assert TimeseriesWindow(self.frame, groups=groups, **SIZES).num_windows == 64

    def test_every_row_in_one_series_if_asked_for(self):
        assert TimeseriesWindow(self.frame, timestamps=False, **SIZES).num_windows == 76


class TestUnits:
    @pytest.mark.parametrize("year", [1, 1500, 1677, 2262, 2263, 9000])
    @pytest.mark.parametrize("unit", ["s", "ms", "us"])
    def test_times_outside_the_range_of_nanoseconds(self, year, unit):
        days = np.datetime64(f"{year:04}-09-01", "D") + np.arange(40)
        index = pd.DatetimeIndex(days.astype(f"M8[{unit}]"))
        cut = (str(days[20]), days[30])
        parts = TimeseriesWindow.split(pd.Series(np.arange(40.0), index), dates=cut, **SIZES)
        np.testing.assert_array_equal(parts.train.timestamps, days)
        assert [part.source.gaps for part in parts] == [[], [], []]
        assert [part.window_ends(0)[0] for part in parts] == [3, 23, 33]

    def test_a_date_outside_the_range_of_the_stamps(self):
        index = pd.date_range("2000-01-01", periods=40, unit="ns")
        data = pd.Series(np.arange(40.0), index)
        with pytest.raises(ValueError, match="test set: no window fits"):
            TimeseriesWindow.split(data, dates=("2000-01-20", "3000-01-01"), **SIZES)
        with pytest.raises(ValueError, match="dates"):
            TimeseriesWindow.split(data, dates=("1000-01-01", "2000-01-20"), **SIZES)

    def test_periods_of_the_year_3000(self):
        index = pd.period_range("3000-01-01", periods=40, freq="D")
        assert indexed(index).timestamps[0] == np.datetime64("3000-01-01")

    def test_series_of_different_units(self):
        parts = [pd.date_range("2000", periods=40, freq="h", unit=unit) for unit in ("s", "ns")]
        dataset = TimeseriesWindow([pd.Series(np.arange(40.0), index) for index in parts], **SIZES)
        np.testing.assert_array_equal(dataset.timestamps[:40], dataset.timestamps[40:])

    def test_distances_too_long_for_the_unit(self):
        stamps = np.array(["1678-01-01", "1678-01-02", "2261-01-01", "2261-01-02"], "M8[ns]")
        assert [gap.row for gap in windows(stamps, lookback=1).gaps] == [2]


class TestNumbers:
    def test_10_hz_near_the_present(self):
        stamps = 1.7e9 + np.arange(1000) * 0.1
        assert windows(stamps).gaps == []
        assert [gap.row for gap in windows(np.delete(stamps, 500)).gaps] == [500]

    @pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8", "int64"])
    def test_whole_numbers(self, dtype):
        stamps = np.delete(np.arange(100), 50).astype(dtype)
        assert [gap.row for gap in windows(stamps).gaps] == [50]

    def test_tenths_in_float32(self):
        stamps = (np.arange(1000) * 0.1).astype("float32")
        assert windows(stamps).gaps == []
        assert [gap.row for gap in windows(np.delete(stamps, 500)).gaps] == [500]


class TestTimeZone:
    @pytest.mark.parametrize("freq", ["D", "7D"])
    def test_local_midnight_has_no_gap_when_the_clocks_change(self, freq):
        index = pd.date_range("2022-01-01", periods=150, freq=freq, tz=BERLIN)
        assert indexed(index).gaps == []
        assert [gap.row for gap in indexed(index.delete(70)).gaps] == [70]

    def test_days_that_begin_at_one_because_midnight_is_skipped(self):
        index = pd.date_range("2017-01-01", periods=700, freq="D")
        index = index.tz_localize("America/Sao_Paulo", nonexistent="shift_forward")
        assert indexed(index).gaps == []
        assert [gap.row for gap in indexed(index.delete(300)).gaps] == [300]

    def test_four_rows_per_day_by_the_clock(self):
        index = pd.date_range("2023-03-01", periods=1000, freq="6h").tz_localize(BERLIN)
        assert indexed(index).gaps == []

    @pytest.mark.parametrize("day", ["2023-03-25", "2023-10-28"])
    def test_hourly_rows_follow_utc(self, day):
        index = pd.date_range(day, periods=72, freq="h", tz=BERLIN)
        assert indexed(index).gaps == []
        for row in range(23, 30):
            assert [gap.row for gap in indexed(index.delete(row)).gaps] == [row]

    def test_repeated_local_times_are_not_to_be_dropped(self):
        index = pd.date_range("2023-10-28", periods=72, freq="30min", tz=BERLIN).tz_localize(None)
        for naive in (index, index.sort_values()):
            with pytest.raises(ValueError, match=r"do not drop rows.*ambiguous='infer'"):
                indexed(pd.DatetimeIndex(naive))
        noon = pd.date_range("2023-10-28", periods=72, freq="h")[[*range(13), *range(12, 71)]]
        with pytest.raises(ValueError) as caught:
            indexed(noon)
        assert "clocks" not in str(caught.value)


class TestSeveralSeries:
    hourly = pd.Series(np.arange(40.0), pd.date_range("2020", periods=40, freq="h"))

    def test_short_series_take_the_period_of_the_others(self):
        two = pd.Series([0.0, 1.0], pd.to_datetime(["2020-01-01 00:00", "2020-01-01 05:00"]))
        dataset = TimeseriesWindow({"a": two, "b": self.hourly}, **SIZES)
        assert [gap[:2] for gap in dataset.gaps] == [("series 'a'", 1)]

    def test_equal_periods_in_different_units(self):
        seconds = self.hourly.set_axis(self.hourly.index.as_unit("s"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert TimeseriesWindow([self.hourly, seconds], **SIZES).num_windows == 72
