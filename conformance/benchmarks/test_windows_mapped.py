"""Benchmark of the memory and speed of windows of a memory-mapped file."""

import numpy as np
import pytest

from conformance.benchmarks.measure.memory import peak_above_start
from conformance.benchmarks.measure.training import CHAPTER
from conformance.benchmarks.pages.claims import Bound, Claim
from keras_seqext import TimeseriesWindow

pytestmark = pytest.mark.backend_free

ROWS, COLUMNS = 54_000_000, 14  # 3.02 GB
BATCHES = 200


def test_windows_of_a_mapped_file(compare, tmp_path):
    path = write_series(tmp_path / "series.float32")
    prepare = f"""
import numpy as np
from keras_seqext import TimeseriesWindow
rows = np.memmap({str(path)!r}, np.float32, "r").reshape(-1, {COLUMNS})
"""
    work = f"""
for shuffle in (True, False):
    windows = TimeseriesWindow(rows, 1, **{CHAPTER!r}, shuffle=shuffle, seed=0)
    for index in range(0, len(windows), len(windows) // {5 * BATCHES}):
        windows[index]
"""
    peak = peak_above_start(prepare, work)
    rows = np.memmap(path, np.float32, "r").reshape(-1, COLUMNS)
    windows = TimeseriesWindow(rows, 1, **CHAPTER, shuffle=True, seed=0)
    batches = iter(range(len(windows)))

    def ours():
        for _ in range(BATCHES):
            windows[next(batches)]

    compare(
        Claim(
            "windows-mapped",
            "Shuffled windows of a memory-mapped file of 3 GB",
            "windows/s",
            BATCHES * CHAPTER["batch_size"],
            bytes=BATCHES * windows[0][0].nbytes,
            bounds=[Bound("peak anonymous memory above the start", peak, 200, "MB")],
        ),
        ours,
        rounds=3,
    )


def write_series(path):
    block = np.random.default_rng(0).normal(size=(500_000, COLUMNS)).astype(np.float32)
    with open(path, "wb") as stream:
        for _ in range(ROWS // len(block)):
            stream.write(block)
    return path
