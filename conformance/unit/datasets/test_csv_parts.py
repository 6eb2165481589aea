"""Large texts read in parts by threads give the same frame."""

import numpy as np
import pandas as pd
import pytest

from datasets._series import csv

OPTIONS = {"names": ["a", "b"], "header": None, "dtype": np.float32}


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(csv, "_BYTES_PER_THREAD", 8)
    monkeypatch.setattr(csv.os, "cpu_count", lambda: 4)


@pytest.mark.parametrize("rows", [1, 2, 3, 50])
def test_parts_give_the_same_frame(small_parts, rows):
    text = b"".join(b"%d,%d.5\r\n" % (i, i * i) for i in range(rows))
    found = csv.read_csv(text, "x.csv", **OPTIONS)
    assert b"".join(csv._split_at_lines(text)) == text
    expected = pd.DataFrame({"a": np.arange(rows), "b": np.arange(rows) ** 2 + 0.5}, dtype="f4")
    pd.testing.assert_frame_equal(found, expected)


def test_error_has_the_line_number_of_the_file(small_parts):
    text = b"1,2\n" * 30 + b"3,4,5,6\n" + b"1,2\n"
    with pytest.raises(ValueError, match="x.csv cannot be read.*line 31"):
        csv.read_csv(text, "x.csv", **OPTIONS)


def test_text_with_header_or_quotes_is_not_split(small_parts):
    text = b"a,b\n" + b"1,2\n" * 30
    assert len(csv.read_csv(text, "x.csv")) == 30
    assert csv._split_at_lines(b'"1\n1",2\n' * 30) == [b'"1\n1",2\n' * 30]
