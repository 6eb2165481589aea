"""The cleaning report as text and as JSON."""

import json

import numpy as np
import pytest

from datasets import CleaningReport

pytestmark = pytest.mark.backend_free


def test_every_kind_of_data_issue_is_named() -> None:
    report = CleaningReport(
        "x",
        rows=1_000,
        duplicates=3,
        conflicts=1,
        unsorted=2,
        off_grid=4,
        incomplete=1,
        sentinels=1,
        infinite=3,
        implausible=2,
        missing=5,
        gaps=[np.timedelta64(20, "m"), np.timedelta64(3, "D")],
        rows_filled=1,
        values_filled=1_234,
        values_left=6,
        notes=["two files joined", "dropped gust"],
    )
    assert str(report) == (
        "x: 1,000 rows; 1 incomplete line dropped, 2 rows out of order sorted, "
        "3 duplicates dropped, 1 of them with other values, 1 sentinel set to missing, "
        "3 infinite values set to missing, 2 implausible values set to missing, "
        "5 values missing, 4 rows off the regular grid, "
        "2 gaps of 20 min to 3 d, 1 row put into short gaps, 1,234 values filled in, "
        "6 values left missing; two files joined; dropped gust"
    )


def test_json_contains_every_count() -> None:
    report = CleaningReport("x", rows=2, gaps=[np.timedelta64(100, "m")], sentinels=3)
    back = json.loads(json.dumps(report.to_dict()))
    assert back["gaps"] == [6000.0]
    assert back["sentinels"] == 3
    assert set(back) == set(CleaningReport.__dataclass_fields__)
