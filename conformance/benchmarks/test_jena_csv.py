"""Benchmark of reading the Jena weather CSV with 420,551 rows."""

import numpy as np
import pandas as pd
import pytest

from conformance.benchmarks.measure.series_text import JENA_ROWS, write_jena
from conformance.benchmarks.pages.claims import Claim, Peer
from datasets.jena import load_jena

pytestmark = pytest.mark.backend_free


def test_reading_the_jena_csv(compare, tmp_path):
    path = write_jena(tmp_path / "jena_climate_2009_2016.csv", JENA_ROWS)
    tenth = write_jena(tmp_path / "tenth.csv", JENA_ROWS // 10)
    assert len(load_jena(path).frame) == JENA_ROWS
    size = path.stat().st_size
    compare(
        Claim("jena-csv", "Reading the Jena CSV", "rows/s", JENA_ROWS, "load_jena", bytes=size),
        lambda: load_jena(path),
        [
            Peer("the chapter's parser", lambda: chapter_parser(tenth), 8, work=0.1),
            Peer("pandas alone", lambda: pandas_alone(path), 0.8),
        ],
        rounds=5,
    )


def chapter_parser(path):
    """Parse the file like Chollet, *Deep Learning with Python* (2017), chapter 6."""
    with open(path) as stream:
        lines = stream.read().split("\n")[1:-1]
    data = np.zeros((len(lines), 14))
    for i, line in enumerate(lines):
        data[i, :] = [float(x) for x in line.split(",")[1:]]
    return data


def pandas_alone(path):
    """Read numbers and timestamps, like the loader."""
    frame = pd.read_csv(path)
    frame["Date Time"] = pd.to_datetime(frame["Date Time"], format="%d.%m.%Y %H:%M:%S")
    return frame
