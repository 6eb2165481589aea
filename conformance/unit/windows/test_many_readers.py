"""Threads and processes read every window once: the short form of `make soak`."""

import pytest

from conformance.soak.__main__ import faults, soak

pytestmark = pytest.mark.backend_free
THREADS = ("8 threads read one dataset", "8 threads read a dataset with workers=4")


@pytest.mark.parametrize("way", [*THREADS, "4 processes read a pickled dataset"])
def test_every_window_is_read_once_an_epoch(way):
    record = soak(way, batches=2_000)
    assert record["batches"] == 2_000 and record["windows"] == 32_000
    assert faults(record) == []


def test_what_must_not_be_is_told():
    record = {
        "way": "some threads",
        "duplicates": 2,
        "lost": 1,
        "threads_left": 4,
        "megabytes": [{"start": 1.0, "end": 1.5}, {"start": 1.0, "end": 9.25}],
    }
    words = ["2 duplicates", "1 lost", "4 threads left"]
    more = "8.2 MB more at the end, at most 3.0 are allowed"
    assert faults(record) == [f"some threads: {each}" for each in (*words, more)]
