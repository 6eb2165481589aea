"""CSV files of any content, compared with the `csv` module."""

import csv
import io
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets._series.cleaning_report import CleaningReport
from datasets._series.csv import complete_lines
from datasets._series.station_csv import read_station

pytestmark = pytest.mark.backend_free

HEADER = '"Date Time","T (degC)","rh (%)"'
numbers = st.one_of(
    st.floats(-999, 999).map("{:.2f}".format),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["", "-9999.0", "0", "-0.00", "1e-3", "7", ".5", "5."]),
)
rows = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20)
ends = st.sampled_from(["\n", "\r\n"])


def written(values: list[tuple[str, str]], end: str, steps: list[int]) -> str:
    now, lines = datetime(2020, 1, 1), [HEADER]
    for (one, other), step in zip(values, steps, strict=False):
        lines.append(f"{now:%d.%m.%Y %H:%M:%S},{one},{other}")
        now += timedelta(minutes=step)
    return end.join([*lines, ""])


@given(rows, ends, st.lists(st.integers(-20, 90), min_size=20, max_size=20))
def test_station_file_equals_the_csv_module(
    values: list[tuple[str, str]], end: str, steps: list[int]
) -> None:
    text = written(values, end, steps)
    report = CleaningReport("x")
    frame = read_station(text.encode(), "x.csv", "T (degC)", report)
    slow = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert len(frame) == len(slow) and report.incomplete == 0
    for place, column in enumerate(("T (degC)", "rh (%)"), start=1):
        expected = np.array([float(line[place] or "nan") for line in slow]).astype(np.float32)
        np.testing.assert_allclose(frame[column].to_numpy(), expected, rtol=1e-6)
    stamps = [datetime.strptime(line[0], "%d.%m.%Y %H:%M:%S") for line in slow]
    assert frame["time"].to_numpy().tolist() == np.array(stamps, "datetime64[s]").tolist()


@given(rows, ends, st.data())
def test_truncated_file_loses_only_its_last_line(
    values: list[tuple[str, str]], end: str, data: st.DataObject
) -> None:
    raw = written(values, end, [10] * 20).encode()
    truncated = raw[: data.draw(st.integers(len(HEADER) + 2, len(raw)))]
    report = CleaningReport("x")
    retained = complete_lines(truncated, report)
    assert truncated.startswith(retained) and report.incomplete in (0, 1)
    lines = [line for line in retained.decode().splitlines() if line]
    complete = [line for line in truncated.decode().splitlines() if line.count(",") == 2]
    assert lines == complete
