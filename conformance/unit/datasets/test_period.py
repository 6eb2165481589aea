"""The time between rows: found in the time stamps, or passed; never assumed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets import load_jena, load_weather
from datasets._series.period import find_period

pytestmark = pytest.mark.backend_free

HOUR, MINUTES = np.timedelta64(1, "h"), np.timedelta64(10, "m")
START = pd.Timestamp("2009-01-01 00:10")


def station(folder: Path, stamps: pd.DatetimeIndex, name: str = "jena.csv") -> Path:
    lines = [f"{stamp:%d.%m.%Y %H:%M:%S},{row}" for row, stamp in enumerate(stamps)]
    path = folder / name
    path.write_text("\n".join(["Date Time,T (degC)", *lines, ""]))
    return path


def airport(folder: Path, stamps: dict[str, pd.DatetimeIndex]) -> Path:
    lines = [
        f"{origin},50,{stamp:%Y-%m-%d %H:%M:%S}" for origin in stamps for stamp in stamps[origin]
    ]
    path = folder / "weather.csv"
    path.write_text("\n".join(["origin,temp,time_hour", *lines, ""]))
    return path


def every(step: str, rows: int, start: pd.Timestamp = START) -> pd.DatetimeIndex:
    return pd.date_range(start, periods=rows, freq=step)


@pytest.mark.parametrize(
    ("step", "seasonal"), [("10min", 144), ("30min", 48), ("1h", 24), ("1D", 1), ("1s", 86_400)]
)
def test_no_row_is_added_to_a_regular_file(tmp_path: Path, step: str, seasonal: int) -> None:
    data = load_jena(station(tmp_path, every(step, 30)))
    assert len(data.frame) == 30
    assert data.report.gaps == [] and data.report.rows_filled == 0
    assert (data.period, data.seasonal) == (np.timedelta64(pd.Timedelta(step)), seasonal)


def test_hourly_rows_with_gaps_and_a_shift_of_the_minute(tmp_path: Path) -> None:
    first = every("1h", 20).delete([5, 6])
    second = every("1h", 20, first[-1] + pd.Timedelta("70min"))
    data = load_jena(station(tmp_path, first.append(second)))
    assert data.period == HOUR
    assert data.report.rows_filled == 2
    assert data.report.gaps == [np.timedelta64(3, "h"), np.timedelta64(70, "m")]
    assert "rows every 1 h" in str(data.report)


def test_hourly_rows_of_eight_years(real_data: Path) -> None:
    path = real_data / "jena_climate_2009_2016_hourly12.csv.zip"
    if not path.exists():
        pytest.skip(f"{path.name} is not in the data folder")
    data = load_jena(path)
    assert len(data.frame) == 70_038
    assert data.period == HOUR
    assert data.report.rows_filled == 0
    assert len(data.report.gaps) == 5


def test_thinned_out_and_unsorted_rows_have_the_shortest_period(tmp_path: Path) -> None:
    kept = np.random.default_rng(0).permutation(400)[:200]
    data = load_jena(station(tmp_path, every("10min", 400)[kept]), fill=None)
    assert data.period == MINUTES
    assert len(data.frame) == 200


def test_files_of_different_periods_are_not_joined(tmp_path: Path) -> None:
    station(tmp_path, every("10min", 20), "mpi_roof_2009a.csv")
    station(tmp_path, every("1h", 20, pd.Timestamp("2009-07-01")), "mpi_roof_2009b.csv")
    message = r"mpi_roof_2009a.csv: 10 min, mpi_roof_2009b.csv: 1 h\. Pass period='10min'"
    with pytest.raises(ValueError, match=message):
        load_jena(tmp_path)
    with pytest.raises(ValueError, match=message):
        load_jena(tmp_path, parts=["2009a", "2009b"])
    data = load_jena(tmp_path, period="10min")
    assert data.report.rows_filled == 19 * 5


def test_period_that_changes_within_a_file(tmp_path: Path) -> None:
    first = every("10min", 50)
    path = station(tmp_path, first.append(every("1h", 13, first[-1] + pd.Timedelta("1h"))))
    with pytest.raises(ValueError, match=r"every 10 min, but every 1 h from 2009-01-01T08:20:00"):
        load_jena(path)
    assert load_jena(path, period=MINUTES).report.rows_filled == 13 * 5


def test_irregular_rows_need_a_period(tmp_path: Path) -> None:
    steps = pd.to_timedelta(np.arange(30) ** 2 * 7 + np.arange(30) * 601, "s")
    path = station(tmp_path, START + steps)
    with pytest.raises(ValueError, match="jena.csv: the rows must be equally spaced"):
        load_jena(path)
    assert load_jena(path, period="1s", fill=None).period == np.timedelta64(1, "s")


def test_period_longer_than_the_steps(tmp_path: Path) -> None:
    path = station(tmp_path, every("10min", 20))
    with pytest.raises(ValueError, match="period=1 h, but jena.csv has a row every 10 min. Omit"):
        load_jena(path, period="1h")


@pytest.mark.parametrize("hours", [[0], [0, 7], [0, 0]])
def test_too_few_rows_to_find_a_period(hours: list[int]) -> None:
    stamps = np.datetime64("2020-01-01", "s") + np.array(hours) * HOUR
    assert find_period(stamps, MINUTES, "a.csv", "") == MINUTES


def test_airports_with_other_periods(tmp_path: Path) -> None:
    data = load_weather(airport(tmp_path, {"EWR": every("30min", 9), "JFK": every("30min", 9)}))
    assert (data.period, data.seasonal, len(data.frame)) == (np.timedelta64(30, "m"), 48, 18)
    path = airport(tmp_path, {"EWR": every("1h", 9), "JFK": every("1D", 9)})
    with pytest.raises(ValueError, match="weather.csv, EWR: 1 h, weather.csv, JFK: 1 d. Resample"):
        load_weather(path)
