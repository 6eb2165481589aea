"""Benchmark of shuffled windows with the configuration of the chapter.

The configuration is that of Chollet, *Deep Learning with Python* (2017), chapter 6. Each batch is
a new array.
"""

import itertools
import time

import numpy as np
import pytest

from conformance.benchmarks.measure.peers import peer
from conformance.benchmarks.measure.training import CHAPTER, chapter_rows
from conformance.benchmarks.pages.claims import Claim, Peer
from keras_seqext import TimeseriesWindow

pytestmark = pytest.mark.backend_free

BATCHES, BATCH = 40, CHAPTER["batch_size"]
LOOKBACK, STEP, DELAY = CHAPTER["lookback"], CHAPTER["step"], CHAPTER["delay"]


def test_shuffled_windows(compare):
    rows = chapter_rows()
    windows = TimeseriesWindow(rows, 1, **CHAPTER, shuffle=True, seed=0)
    assert windows[0][0].base is None or windows[0][0].base.base is None
    batches = itertools.cycle(range(len(windows) - 1))

    def ours():
        for _ in range(BATCHES):
            windows[next(batches)]

    compare(
        Claim(
            "windows-shuffled",
            "Shuffled windows",
            "windows/s",
            BATCHES * BATCH,
            bytes=BATCHES * windows[0][0].nbytes,
        ),
        ours,
        [
            peer("timeseries_dataset_from_array", "tensorflow", lambda: keras_dataset(rows), 100),
            peer("torch DataLoader, 0 workers", "torch", lambda: torch_loader(rows, 0), 10),
            peer("torch DataLoader, 2 workers", "torch", lambda: torch_loader(rows, 2), 10),
            Peer("np.take into a reused buffer", numpy_take(rows), 5),
            Peer("memcpy of the same bytes", memcpy(rows), 0.7, is_limit=True),
            Peer("random blocks of that size, copied", blocks(rows), is_limit=True),
        ],
        rounds=7,
        before=settle,
    )


def settle():
    """Wait until the loaders have refilled their queues, outside the time of the next peer."""
    time.sleep(0.2)


def keras_dataset(rows):
    import keras

    dataset = keras.utils.timeseries_dataset_from_array(
        rows[: -LOOKBACK - DELAY],
        rows[LOOKBACK - STEP + DELAY :, 1],
        LOOKBACK // STEP,
        sampling_rate=STEP,
        batch_size=BATCH,
        shuffle=True,
        seed=0,
    ).repeat()
    return taker(iter(dataset))


def torch_loader(rows, workers):
    import torch

    class Windows(torch.utils.data.Dataset):
        def __len__(self):
            return len(rows) - LOOKBACK - DELAY

        def __getitem__(self, start):
            end = start + LOOKBACK - 1
            return rows[start + STEP - 1 : end + 1 : STEP], rows[end + DELAY, 1]

    loader = torch.utils.data.DataLoader(
        Windows(), batch_size=BATCH, shuffle=True, num_workers=workers
    )
    return taker(iter(loader))


def taker(iterator):
    def run():
        for _ in range(BATCHES):
            next(iterator)

    return run


def numpy_take(rows):
    rng = np.random.default_rng(0)
    offsets = np.arange(STEP - LOOKBACK, 1, STEP)
    out = np.empty((BATCH, len(offsets), rows.shape[1]), rows.dtype)

    def run():
        for _ in range(BATCHES):
            ends = rng.integers(LOOKBACK, len(rows) - DELAY, BATCH)
            np.take(rows, ends[:, None] + offsets, axis=0, out=out, mode="clip")
            rows[ends + DELAY, 1]

    return run


def blocks(rows):
    """Copy one block per window from random positions, the minimum of any shuffle."""
    size = (LOOKBACK // STEP) * rows.shape[1]
    views = np.lib.stride_tricks.sliding_window_view(rows.reshape(-1), size)
    rng = np.random.default_rng(0)
    starts = [rng.integers(0, len(views), BATCH) for _ in range(BATCHES)]

    def run():
        for start in starts:
            views[start]

    return run


def memcpy(rows):
    """Copy the same number of bytes from random positions, one contiguous copy per batch."""
    size = BATCH * (LOOKBACK // STEP) * rows.shape[1]
    flat = rows.reshape(-1)
    starts = np.random.default_rng(0).integers(0, len(flat) - size, BATCHES).tolist()

    def run():
        for start in starts:
            flat[start : start + size].copy()

    return run
