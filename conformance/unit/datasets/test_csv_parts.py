"""A large text is read in parts by threads, and nobody can tell."""

import numpy as np
import pandas as pd
import pytest

from datasets._series import csv

OPTIONS = {"names": ["a", "b"], "header": None, "dtype": np.float32}


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(csv, "_WORTH_A_THREAD", 8)
    monkeypatch.setattr(csv.os, "cpu_count", lambda: 4)


@pytest.mark.parametrize("rows", [1, 2, 3, 50])
def test_parts_give_the_same_frame(small_parts, rows):
    text = b"".join(b"%d,%d.5\r\n" % (i, i * i) for i in range(rows))
    found = csv.read_csv(text, "x.csv", **OPTIONS)
    assert b"".join(csv._parts(text)) == text
    expected = pd.DataFrame({"a": np.arange(rows), "b": np.arange(rows) ** 2 + 0.5}, dtype="f4")
    pd.testing.assert_frame_equal(found, expected)


def test_an_error_names_the_line_of_the_file(small_parts):
    text = b"1,2\n" * 30 + b"3,4,5,6\n" + b"1,2\n"
    with pytest.raises(ValueError, match="x.csv cannot be read.*line 31"):
        csv.read_csv(text, "x.csv", **OPTIONS)


def test_a_text_with_a_header_or_quotes_is_read_as_a_whole(small_parts):
    text = b"a,b\n" + b"1,2\n" * 30
    assert len(csv.read_csv(text, "x.csv")) == 30
    assert csv._parts(b'"1\n1",2\n' * 30) == [b'"1\n1",2\n' * 30]
