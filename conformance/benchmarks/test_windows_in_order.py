"""Benchmark of windows in chronological order, as in validation."""

import itertools

import pytest

from conformance.benchmarks.measure.training import CHAPTER, chapter_rows
from conformance.benchmarks.pages.claims import Claim, Peer
from keras_seqext import TimeseriesWindow

from .test_windows_shuffled import BATCH, BATCHES, memcpy

pytestmark = pytest.mark.backend_free


def test_windows_in_order(compare):
    rows = chapter_rows()
    windows = TimeseriesWindow(rows, 1, **CHAPTER)
    batches = itertools.cycle(range(len(windows) - 1))

    def ours():
        for _ in range(BATCHES):
            windows[next(batches)]

    compare(
        Claim(
            "windows-in-order",
            "Windows in chronological order",
            "windows/s",
            BATCHES * BATCH,
            bytes=BATCHES * windows[0][0].nbytes,
        ),
        ours,
        [Peer("memcpy of the same bytes", memcpy(rows), 0.7, is_limit=True)],
        rounds=15,
    )
