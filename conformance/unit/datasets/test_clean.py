"""Sorting, deduplication, gaps and filling, compared with simple references."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets import CleaningReport
from datasets._series.clean import drop_empty, fill_short, sort_and_deduplicate

pytestmark = pytest.mark.backend_free

HOUR = np.timedelta64(1, "h")
START = np.datetime64("2020-01-01T00:00:00", "s")


def hourly(hours: list[int], values: list[float] | None = None) -> pd.DataFrame:
    values = [float(hour) for hour in hours] if values is None else values
    return pd.DataFrame({"time": START + np.array(hours) * HOUR, "x": np.array(values, np.float32)})


def hours_of(frame: pd.DataFrame) -> list[int]:
    return ((frame["time"].to_numpy() - START) // HOUR).tolist()


def test_rows_are_sorted_and_the_first_duplicate_is_retained() -> None:
    report = CleaningReport("x")
    frame = sort_and_deduplicate(hourly([0, 2, 1, 2, 3, 3], [0, 20, 10, 21, 30, 30]), report)
    assert hours_of(frame) == [0, 1, 2, 3]
    assert frame["x"].tolist() == [0, 10, 20, 30]
    assert (report.unsorted, report.duplicates, report.conflicts) == (1, 2, 1)


def test_clean_rows_are_unchanged() -> None:
    report, frame = CleaningReport("x"), hourly([0, 1, 2])
    pd.testing.assert_frame_equal(sort_and_deduplicate(frame, report), frame)
    pd.testing.assert_frame_equal(fill_short(frame, HOUR, "interpolate", 2, report), frame)
    assert report == CleaningReport("x")


def test_repeated_missing_values_are_not_a_conflict() -> None:
    report = CleaningReport("x")
    sort_and_deduplicate(hourly([0, 0], [np.nan, np.nan]), report)
    assert (report.duplicates, report.conflicts) == (1, 0)


def test_short_gap_is_filled_and_long_gap_is_not() -> None:
    report = CleaningReport("x")
    frame = fill_short(hourly([0, 1, 4, 5, 9, 10]), HOUR, "interpolate", 2, report)
    assert hours_of(frame) == [0, 1, 2, 3, 4, 5, 9, 10]
    assert frame["x"].tolist() == [0, 1, 2, 3, 4, 5, 9, 10]
    assert frame["x"].dtype == np.float32
    assert report.gaps == [3 * HOUR, 4 * HOUR]
    assert (report.rows_filled, report.values_filled) == (2, 2)


def test_without_fill_only_the_report_changes() -> None:
    report, frame = CleaningReport("x"), hourly([0, 1, 4], [0, np.nan, 4])
    pd.testing.assert_frame_equal(fill_short(frame, HOUR, None, 9, report), frame)
    assert report.gaps == [3 * HOUR]
    assert (report.rows_filled, report.values_filled) == (0, 0)


def test_forward_fill_repeats_the_last_value() -> None:
    frame = fill_short(hourly([0, 1, 4]), HOUR, "forward", 2, CleaningReport("x"))
    assert frame["x"].tolist() == [0, 1, 1, 1, 4]


def test_values_are_not_filled_across_a_remaining_gap() -> None:
    report = CleaningReport("x")
    frame = fill_short(
        hourly([0, 1, 9, 10], [0, np.nan, np.nan, 10]), HOUR, "interpolate", 3, report
    )
    assert frame["x"].isna().tolist() == [False, True, True, False]
    assert report.values_filled == 0


def test_inserted_rows_and_missing_values_count_as_one_run() -> None:
    # Hours 1 to 4 have no value, although only hour 2 has no row.
    frame = hourly([0, 1, 3, 4, 5], [0, np.nan, np.nan, np.nan, 5])
    for limit, missing in ((3, 4), (4, 0)):
        filled = fill_short(frame, HOUR, "interpolate", limit, CleaningReport("x"))
        assert filled["x"].isna().sum() == missing


def test_gap_off_the_grid_is_reported_and_not_filled() -> None:
    frame = hourly([0, 1, 4])
    frame.loc[2, "time"] += np.timedelta64(20, "m")
    report = CleaningReport("x")
    pd.testing.assert_frame_equal(fill_short(frame, HOUR, "interpolate", 5, report), frame)
    assert report.off_grid == 1
    assert report.gaps == [np.timedelta64(200, "m")]


def test_text_and_flags_of_inserted_rows() -> None:
    frame = hourly([0, 2]).assign(origin="JFK", observed=True)
    filled = fill_short(frame, HOUR, "interpolate", 1, CleaningReport("x"))
    assert filled["origin"].tolist() == ["JFK"] * 3
    assert filled["observed"].tolist() == [True, False, True]


def test_input_frame_is_not_changed() -> None:
    frame = hourly([0, 1, 2], [0, np.nan, 2])
    assert fill_short(frame, HOUR, "interpolate", 1, CleaningReport("x"))["x"].tolist() == [0, 1, 2]
    assert frame["x"].isna().tolist() == [False, True, False]


@st.composite
def series_with_gaps(draw: st.DrawFn) -> tuple[pd.DataFrame, int]:
    present = draw(st.lists(st.booleans(), min_size=1, max_size=30))
    hours = [0] + [hour + 1 for hour, there in enumerate(present) if there]
    number = st.one_of(st.just(np.nan), st.integers(-50, 50).map(float))
    values = draw(st.lists(number, min_size=len(hours), max_size=len(hours)))
    return hourly(hours, values), draw(st.integers(1, 6))


@given(series_with_gaps())
def test_filling_equals_a_loop_over_hours(case: tuple[pd.DataFrame, int]) -> None:
    frame, limit = case
    report = CleaningReport("x")
    filled = fill_short(frame, HOUR, "interpolate", limit, report)

    present = dict(zip(hours_of(frame), frame["x"].tolist(), strict=True))
    expected: dict[int, float] = dict(present)
    hours = sorted(present)
    for before, after in zip(hours, hours[1:], strict=False):
        if after - before - 1 <= limit:
            expected.update({hour: np.nan for hour in range(before + 1, after)})
    known = [hour for hour in hours if not np.isnan(present[hour])]
    for before, after in zip(known, known[1:], strict=False):
        between = range(before + 1, after)
        if len(between) <= limit and all(hour in expected for hour in between):
            for hour in between:
                part = (hour - before) / (after - before)
                expected[hour] = present[before] + part * (present[after] - present[before])

    assert hours_of(filled) == sorted(expected)
    np.testing.assert_allclose(
        filled["x"].to_numpy(), [expected[hour] for hour in sorted(expected)], rtol=1e-5, atol=1e-5
    )
    assert report.rows_filled == len(filled) - len(frame)
    left = int(filled["x"].isna().sum())
    assert report.values_filled == frame["x"].isna().sum() + report.rows_filled - left


def test_mostly_missing_column_is_dropped_unless_it_is_the_target() -> None:
    frame = hourly([0, 1, 2, 3]).assign(gust=[1, np.nan, np.nan, np.nan])
    frame["x"] = np.nan
    report = CleaningReport("x")
    assert list(drop_empty(frame, 0.5, "x", report)) == ["time", "x"]
    assert report.notes == ["dropped gust (75% missing)"]
    assert "gust" in drop_empty(frame, 0.75, "x", report)
