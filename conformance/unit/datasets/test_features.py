"""Sine and cosine encoding of wind and clock time."""

import numpy as np
import pandas as pd
import pytest

from datasets._series.features import add_calendar, encode_wind

pytestmark = pytest.mark.backend_free

DIRECTION = [0.0, 360.0, 90.0, np.nan, np.nan, 180.0]
SPEED = [1.0, 1.0, 2.0, 3.0, 0.0, np.nan]


def winds(wind: str) -> tuple[pd.DataFrame, dict[str, str]]:
    frame = pd.DataFrame({"wd": DIRECTION, "wv": SPEED, "t": 0.0}, dtype=np.float32)
    units = {"wd": "deg", "wv": "m/s", "t": "degC"}
    frame = encode_wind(frame, units, direction="wd", speed="wv", prefix="wd", wind=wind)
    return frame, units


def test_direction_has_no_jump_at_north() -> None:
    frame, units = winds("direction")
    assert list(frame) == ["wd_sin", "wd_cos", "wv", "t"]
    assert frame.dtypes.eq(np.float32).all()
    assert units == {"wv": "m/s", "t": "degC", "wd_sin": "1", "wd_cos": "1"}
    expected = [[0, 1], [0, 1], [1, 0], [np.nan, np.nan], [0, 0], [0, -1]]
    np.testing.assert_allclose(frame[["wd_sin", "wd_cos"]], expected, atol=1e-6)


def test_vector_is_direction_times_speed() -> None:
    frame, units = winds("vector")
    assert units["wd_sin"] == units["wd_cos"] == "m/s"
    expected = [[0, 1], [0, 1], [2, 0], [np.nan, np.nan], [0, 0], [np.nan, np.nan]]
    np.testing.assert_allclose(frame[["wd_sin", "wd_cos"]], expected, atol=1e-6)


def test_degrees_change_nothing() -> None:
    frame, units = winds("degrees")
    assert list(frame) == ["wd", "wv", "t"]
    assert units["wd"] == "deg"


def test_calendar_has_daily_and_yearly_periods() -> None:
    stamps = ["2020-01-01T00:00", "2020-01-01T06:00", "2020-07-01T00:00", "2021-01-01T00:00"]
    frame = pd.DataFrame({"time": np.array(stamps, "datetime64[s]")})
    units: dict[str, str] = {}
    frame = add_calendar(frame, units)
    np.testing.assert_allclose(frame["time_of_day_sin"], [0, 1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(frame["time_of_day_cos"], [1, 0, 1, 1], atol=1e-6)
    # 1 July is day 182 of the 366 days of 2020, just before the half.
    half = 2 * np.pi * 182 / 366
    np.testing.assert_allclose(frame["day_of_year_sin"].iloc[2], np.sin(half), rtol=1e-6)
    np.testing.assert_allclose(frame["day_of_year_cos"].iloc[2], np.cos(half), rtol=1e-6)
    np.testing.assert_allclose(frame["day_of_year_cos"].iloc[[0, 3]], 1)
    assert set(units) == set(frame.columns) - {"time"}
    assert set(units.values()) == {"1"}
