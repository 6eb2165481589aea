"""`python -m conformance.robustness.soak`: 100,000 batches each way; writes the JSON and docs/soak.md."""

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
from .page import grown, make_page

RESULTS, PAGE = Path("docs", "results", "soak.json"), Path("docs", "soak.md")
# The allocator keeps some of what it was given back; a batch kept each time would be 8 MB here,
# and the order of one epoch kept each time 6 MB.
ALLOWED_MEGABYTES = 3.0


def soak(name: str, batches: int) -> dict[str, Any]:
    """Reads that many batches in one way and says what was found."""
    epochs = -(-batches // readers.BATCHES)
    marks: dict[str, float] = {}

    def watch(epoch: int) -> None:
        if epoch == readers.warm(epochs):
            marks["start"] = anonymous_megabytes()
        if epoch == epochs - 1:
            marks["end"] = anonymous_megabytes()

    # TensorFlow keeps what it was fed by an earlier `fit`, with its threads.
    earlier = set(threading.enumerate())
    begin = time.monotonic()
    found = readers.by_name()[name](epochs, watch)
    gc.collect()  # a dataset and its threads point at one another
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
    """Those that make batches ahead and have not ended with their dataset."""
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


def faults(record: dict[str, Any]) -> list[str]:
    """What of a record must not be, in words."""
    most = grown(record)
    growth = most["end"] - most["start"]
    kinds = ("duplicates", "lost", "threads_left")
    found = [f"{record[kind]} {kind.replace('_', ' ')}" for kind in kinds if record[kind]]
    if growth > ALLOWED_MEGABYTES:
        found.append(f"{growth:.1f} MB more at the end, at most {ALLOWED_MEGABYTES} are allowed")
    return [f"{record['way']}: {words}" for words in found]


def main() -> int:
    """Measures all ways, stores them; 1 where a window was read twice or never, or memory grew."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.robustness.soak", description=__doc__
    )
    parser.add_argument("--batches", type=int, default=100_000)
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
    missed = [words for record in records for words in faults(record)]
    print("\n".join(missed) or "nothing twice, nothing missing, no more memory")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
