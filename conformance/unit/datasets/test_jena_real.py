"""The real station file of 2020, whose data issues are known exactly."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets import SeriesData, load_jena

pytestmark = pytest.mark.backend_free

NAME = "jena_climate_2020.csv.zip"


@pytest.fixture
def path(real_data: Path) -> Path:
    if not (real_data / NAME).is_file():
        pytest.skip(f"no {NAME} in the data folder")
    return real_data / NAME


def test_exact_data_issues(path: Path) -> None:
    data = load_jena(path, fill=None)
    assert data.report.gaps == [np.timedelta64(100, "m")]
    assert str(data.report) == (
        "jena: 52,696 rows; 1 duplicate dropped, 1 sentinel set to missing, 1 gap of 100 min, "
        "1 value left missing"
    )
    missing = data.frame[data.frame["wv (m/s)"].isna()]
    assert missing["time"].tolist() == [pd.Timestamp("2020-02-20 07:40")]


def test_values_equal_those_of_the_file(path: Path) -> None:
    data = load_jena(path, fill=None, wind="degrees")
    raw = pd.read_csv(path)
    stamps = pd.to_datetime(raw.pop("Date Time"), format="%d.%m.%Y %H:%M:%S")
    first = ~stamps.duplicated()
    np.testing.assert_array_equal(data.frame["time"], stamps[first])
    expected = raw[first].replace(-9999.0, np.nan).astype(np.float32)
    assert data.features == list(expected)
    np.testing.assert_array_equal(data.frame[data.features], expected)


def test_gap_of_nine_rows_is_filled_on_request_only(path: Path) -> None:
    def steps(data: SeriesData) -> set[int]:
        return set((data.frame["time"].diff().dropna() // pd.Timedelta("1min")).astype(int))

    default, longer = load_jena(path), load_jena(path, limit=9, calendar=True)
    assert steps(default) == {10, 100}
    assert default.report.values_left == longer.report.values_left == 0
    assert steps(longer) == {10}
    assert len(longer.frame) == 52_704
    assert (~longer.observed).sum() == longer.report.rows_filled == 9


def test_file_in_the_data_folder_substitutes_for_the_eight_years(
    path: Path, real_data: Path
) -> None:
    data = load_jena()
    if not any(real_data.glob("jena_climate_2009_2016.csv*")):
        assert f"{NAME} in place of jena_climate_2009_2016.csv.zip" in data.report.notes[0]
        assert data.report.rows == 52_696
