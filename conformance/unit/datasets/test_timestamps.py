"""Fixed-width time stamps, compared with pandas."""

from calendar import isleap
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets._series.timestamps import leading_stamps

pytestmark = pytest.mark.backend_free

FORMAT = "%d.%m.%Y %H:%M:%S"
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)


@given(
    st.lists(moments, min_size=1, max_size=40), st.sampled_from(["\n", "\r\n", "\n\n", "\n\r\n"])
)
def test_parsing_inverts_strftime(written: list[datetime], ending: str) -> None:
    text = "".join(f"{moment:{FORMAT}},1.5,-2{ending}" for moment in written)
    np.testing.assert_array_equal(
        leading_stamps(text.encode()), np.array(written, "datetime64[s]"), strict=True
    )


@given(st.integers(0, 39), st.integers(0, 19), st.integers(1890, 2110))
def test_calendar_equals_pandas(day: int, month: int, year: int) -> None:
    text = f"{day:02}.{month:02}.{year} 00:00:00"
    expected = pd.to_datetime(text, format=FORMAT, errors="coerce")
    stamps = leading_stamps(f"{text},1\n".encode())
    if pd.isna(expected):
        assert stamps is None
    else:
        assert stamps is not None
        assert stamps[0] == expected.to_datetime64()


@pytest.mark.parametrize("year", [1900, 2000, 2019, 2020, 2100])
def test_leap_days(year: int) -> None:
    stamps = leading_stamps(f"29.02.{year} 00:00:00,1\n".encode())
    assert (stamps is not None) == isleap(year)


@pytest.mark.parametrize(
    "line",
    [
        b"2016-12-31 23:50:00,1",
        b"31/12/2016 23:50:00,1",
        b'"31.12.2016 23:50:00",1',
        b"31.12.2016 24:50:00,1",
        b"31.12.2016 23:60:00,1",
        b"31.12.2016 23:50:61,1",
        b"31.12.2016T23:50:00,1",
        b"31.12.16 23:50:00,1,1",
        b"31.12.2016",
        b" 1.12.2016 23:50:00,1",
    ],
)
def test_other_lines_are_left_to_the_general_parser(line: bytes) -> None:
    good = b"31.12.2016 23:40:00,1\n"
    assert leading_stamps(good) is not None
    assert leading_stamps(good + line) is None
    assert leading_stamps(line + b"\n" + good) is None


def test_empty_text_has_no_stamps() -> None:
    assert leading_stamps(b"").shape == (0,)
    assert leading_stamps(b"\n\r\n").shape == (0,)
