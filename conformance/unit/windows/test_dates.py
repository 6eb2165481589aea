"""Tests of dates as cuts, and of periods of the calendar."""

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import pytest

from keras_seqext import TimeseriesWindow

pytestmark = pytest.mark.backend_free
SIZES = dict(lookback=2, delay=1, scaler=None, embargo=False)
LOCAL = pd.date_range("2024-06-01", periods=200, freq="h", tz="Europe/Berlin")
MIDNIGHT = LOCAL.get_loc(pd.Timestamp("2024-06-03", tz="Europe/Berlin"))
HOURS = pd.date_range("2024-06-01", periods=200, freq="h")


def first_targets(index, dates):
    """Return the first target row of the validation set and of the test set."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parts = TimeseriesWindow.split(
            pd.Series(np.arange(float(len(index))), index), dates=dates, **SIZES
        )
    return [int(part.window_ends(0)[0]) + 1 for part in parts[1:]]


@pytest.mark.parametrize(
    "date",
    [
        "2024-06-03",
        "2024-06-03T00:00+02:00",
        "2024-06-03 00:00:00+0200",
        "2024-06-02T22:00Z",
        np.datetime64("2024-06-03"),
        np.datetime64("2024-06-03T00", "ns"),
        dt.date(2024, 6, 3),
        dt.datetime(2024, 6, 3),
        dt.datetime(2024, 6, 2, 22, tzinfo=dt.UTC),
        pd.Timestamp("2024-06-03"),
        pd.Timestamp("2024-06-03", tz="Europe/Berlin"),
        pd.Timestamp("2024-06-02 18:00", tz="America/New_York"),
        pd.Period("2024-06-03", "D"),
    ],
    ids=repr,
)
def test_dates_are_local_times_unless_they_have_a_zone(date):
    assert first_targets(LOCAL, (date, "2024-06-05")) == [MIDNIGHT, MIDNIGHT + 48]


def test_dates_after_a_change_of_the_clocks():
    index = pd.date_range("2024-03-29", periods=100, freq="h", tz="Europe/Berlin")
    first, second = first_targets(index, ("2024-03-31", "2024-04-01"))
    assert (first, second - first) == (48, 23)


def test_pytz_zones():
    pytz = pytest.importorskip("pytz")
    index = HOURS.tz_localize(pytz.timezone("Europe/Berlin"))
    assert first_targets(index, ("2024-06-03", "2024-06-05")) == [48, 96]


def test_a_fraction_of_the_unit_rounds_up():
    index = pd.DatetimeIndex(HOURS.as_unit("s"))
    assert first_targets(index, (np.datetime64("2024-06-02T00:00:00.000000001"), "2024-06-03")) == [
        25,
        48,
    ]


def test_durations():
    durations = HOURS - HOURS[0]
    cut = (pd.Timedelta("1D"), dt.timedelta(days=2))
    assert first_targets(durations, cut) == [24, 48]


@pytest.mark.parametrize("freq", ["M", "Q", "Y", "W", "2D", "15min", "h"])
def test_periods_of_pandas_are_regular(freq):
    index = pd.period_range("1990-01-01", periods=60, freq=freq)
    data = pd.Series(np.arange(60.0), index)
    dataset = TimeseriesWindow(data, lookback=4, delay=1)
    assert dataset.gaps == [] and dataset.num_windows == 56
    assert dataset.timestamps[7] == index[7].start_time.to_datetime64()
    assert len(TimeseriesWindow(data.drop(index[30]), lookback=4, delay=1).gaps) == 1
    start = index[30].start_time
    assert first_targets(index, (start, "2090")[:1] + (index[40].start_time,)) == [30, 40]


CALENDARS = {
    "MS": "month",
    "ME": "month",
    "BMS": "month",
    "2MS": "2 months",
    "QS": "quarter",
    "QE-NOV": "quarter",
    "YS": "year",
    "YE": "year",
    "B": "business day",
}


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
@pytest.mark.parametrize(("freq", "name"), CALENDARS.items())
def test_the_error_names_the_period_of_the_calendar(freq, name, zone):
    index = pd.date_range("2020-01-01", periods=30, freq=freq, tz=zone)
    data = pd.Series(np.arange(30.0), index)
    for given in (data, data.drop(index[20])):
        with pytest.raises(ValueError, match=f"one row per {name}, an irregular period"):
            TimeseriesWindow(given, lookback=2, delay=1)
    assert TimeseriesWindow(data, lookback=2, delay=1, timestamps=False).num_windows == 28


def test_the_remedies_for_calendars():
    months = pd.date_range("2020-01-01", periods=30, freq="MS", tz="Europe/Berlin")
    stamps = np.asarray(months.tz_localize(None), dtype="datetime64[M]")
    days = np.asarray(pd.date_range("2020-01-01", periods=30, freq="B"), dtype="datetime64[D]")
    for each in (stamps, np.busday_count("1970-01-01", days)):
        assert TimeseriesWindow(days.astype(int), timestamps=each, lookback=2, delay=1).gaps == []
        missing = np.delete(each, 10)
        dataset = TimeseriesWindow(np.arange(29.0), timestamps=missing, lookback=2, delay=1)
        assert [gap.row for gap in dataset.gaps] == [10]


@pytest.mark.parametrize("freq", ["D", "28D", "30D", "W", "365D", "90D"])
@pytest.mark.parametrize("missing", [(), (10,), (5, 6, 20)])
def test_regular_days_with_gaps_are_no_calendar(freq, missing):
    index = pd.date_range("2020-01-05", periods=40, freq=freq).delete(list(missing))
    data = pd.Series(np.arange(float(len(index))), index)
    dataset = TimeseriesWindow(data, lookback=2, delay=1)
    assert len(dataset.gaps) == len([row for row in missing if row - 1 not in missing])


def test_one_missing_weekend_is_a_gap():
    index = pd.date_range("2024-05-27", periods=14, freq="D").delete([5, 6, 12, 13])
    data = pd.Series(np.arange(10.0), index)
    assert len(TimeseriesWindow(data, lookback=2, delay=1).gaps) == 1
