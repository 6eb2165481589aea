"""Threads and processes read every window once: a short version of `make soak`."""

import json
from pathlib import Path

import pytest

from conformance.robustness.soak.__main__ import soak, violations
from conformance.robustness.soak.page import make_page

pytestmark = pytest.mark.backend_free
THREADS = ("8 threads read one dataset", "8 threads read a dataset with workers=4")


@pytest.mark.parametrize("way", [*THREADS, "4 processes read a pickled dataset"])
def test_every_window_is_read_once_per_epoch(way):
    record = soak(way, batches=2_000)
    assert record["batches"] == 2_000 and record["windows"] == 32_000
    assert violations(record) == []


def test_violations_are_reported():
    record = {
        "way": "some threads",
        "duplicates": 2,
        "lost": 1,
        "threads_left": 4,
        "megabytes": [{"start": 1.0, "end": 1.5}, {"start": 1.0, "end": 9.25}],
    }
    words = ["2 duplicates", "1 lost", "4 threads left"]
    more = "8.2 MB more at the end, at most 3.0 are allowed"
    assert violations(record) == [f"some threads: {each}" for each in (*words, more)]


def test_page_matches_the_stored_results_without_violations():
    docs = Path(__file__).parents[3] / "docs"
    stored = json.loads((docs / "results" / "soak.json").read_text(encoding="utf-8"))
    assert (docs / "soak.md").read_text(encoding="utf-8") == make_page(stored)
    assert len(stored["ways"]) == 5
    for record in stored["ways"]:
        assert record["batches"] >= 100_000 and violations(record) == []
        assert record["windows"] == 16 * record["batches"]
