"""`python -m conformance.robustness.soak`: 100,000 batches read in each way.

The results are stored in `docs/results/soak.json`, and `docs/soak.md` is written.
"""

import argparse
import gc
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from conformance.benchmarks.measure import machine
from conformance.benchmarks.measure.memory import anonymous_megabytes

from . import readers
from .page import largest_growth, make_page

RESULTS, PAGE = Path("docs", "results", "soak.json"), Path("docs", "soak.md")
# The allocator retains some freed memory. A leak of one batch per epoch would be 8 MB here, and a
# leak of the order of one epoch 6 MB.
ALLOWED_MEGABYTES = 3.0


def soak(name: str, batches: int) -> dict[str, Any]:
    """Read batches in one way and count the windows.

    Args:
        name: Name of the way, a key of `readers.by_name()`.
        batches: Number of batches, rounded up to whole epochs.

    Returns:
        The record that is stored.
    """
    epochs = -(-batches // readers.BATCHES)
    marks: dict[str, float] = {}

    def watch(epoch: int) -> None:
        if epoch == readers.warm(epochs):
            marks["start"] = anonymous_megabytes()
        if epoch == epochs - 1:
            marks["end"] = anonymous_megabytes()

    # TensorFlow retains the dataset of an earlier `fit`, with its threads: they do not count.
    earlier = set(threading.enumerate())
    begin = time.monotonic()
    found = readers.by_name()[name](epochs, watch)
    gc.collect()  # a dataset and its threads refer to each other
    counts, memory = found if isinstance(found, tuple) else (found, [marks])
    return {
        "way": name,
        "batches": epochs * readers.BATCHES,
        "windows": int(counts.sum()),
        "duplicates": int((counts - epochs).clip(min=0).sum()),
        "lost": int((epochs - counts).clip(min=0).sum()),
        "megabytes": memory,
        "threads_left": _threads_left(earlier),
        "seconds": round(time.monotonic() - begin, 1),
    }


def _threads_left(earlier: set[threading.Thread]) -> int:
    """Return the number of prefetching threads that outlive their dataset, after at most 5 s."""
    end = time.monotonic() + 5
    while found := [
        thread
        for thread in set(threading.enumerate()) - earlier
        if thread.name.startswith("TimeseriesWindow")
    ]:
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    return len(found)


def violations(record: dict[str, Any]) -> list[str]:
    """Return a message for each duplicate, loss, remaining thread or memory growth."""
    memory = largest_growth(record)
    growth = memory["end"] - memory["start"]
    kinds = ("duplicates", "lost", "threads_left")
    found = [f"{record[kind]} {kind.replace('_', ' ')}" for kind in kinds if record[kind]]
    if growth > ALLOWED_MEGABYTES:
        found.append(f"{growth:.1f} MB more at the end, at most {ALLOWED_MEGABYTES} are allowed")
    return [f"{record['way']}: {message}" for message in found]


def main() -> int:
    """Measure and store all ways; return 1 if a window was duplicated or lost, or memory grew."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.robustness.soak", description=__doc__
    )
    parser.add_argument(
        "--batches", type=int, default=100_000, help="number of batches in each way"
    )
    options = parser.parse_args()
    records = []
    for name in readers.by_name():
        record = soak(name, options.batches)
        records.append(record)
        print(json.dumps(record), flush=True)
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    stored = {**machine.describe(), "backend": backend, "ways": records}
    RESULTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(make_page(stored), encoding="utf-8")
    messages = [message for record in records for message in violations(record)]
    print("\n".join(messages) or "no duplicates, no losses, no memory growth")
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
