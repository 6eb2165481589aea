"""Command line that profiles the most time-critical functions.

    python -m conformance.benchmarks.measure.profiles before|after [--only TITLE]

The profiles are stored under the given name, so that the page can compare them before and after
an optimization.
"""

import argparse
import cProfile
import json
import pstats
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from conformance.benchmarks.test_hash_tokens import zipf_tokens

from .series_text import JENA_ROWS, write_jena
from .training import CHAPTER, chapter_rows

RESULT = Path("docs", "results", "performance-profiles.json")


def windows_path() -> Callable[[], object]:
    """Return a function that makes 500 shuffled batches of windows."""
    from keras_seqext import TimeseriesWindow

    windows = TimeseriesWindow(chapter_rows(), 1, **CHAPTER, shuffle=True, seed=0)

    def run() -> None:
        for index in range(500):
            windows[index]

    return run


def tokens_path() -> Callable[[], object]:
    """Return a function that hashes 200,000 tokens to bins."""
    from keras_seqext import HashingOneHot

    tokens, hashing = zipf_tokens(200_000), HashingOneHot(1000)
    return lambda: hashing.to_ids(tokens)


def texts_path() -> Callable[[], object]:
    """Return a function that hashes 2,000 texts of 230 words, some of them with an apostrophe."""
    from keras_seqext import HashingOneHot

    tokens = zipf_tokens(460_000)
    tokens[::50] = ["don't"] * len(tokens[::50])
    texts = [" ".join(tokens[i : i + 230]) + "." for i in range(0, len(tokens), 230)]
    hashing = HashingOneHot(1000, output_mode="multi_hot")
    return lambda: hashing.matrix(texts)


def jena_path() -> Callable[[], object]:
    """Return a function that reads a CSV file of 420,551 rows."""
    from datasets.jena import load_jena

    path = Path(tempfile.mkdtemp(), "jena_climate_2009_2016.csv")
    write_jena(path, JENA_ROWS)
    return lambda: load_jena(path)


# Title of each profile, the function that prepares the work, and a description of the optimization.
PATHS = {
    "2,000 texts to a multi-hot matrix": (
        texts_path,
        "Before, each text was split into Python strings, which were encoded to bytes again for "
        "hashing. Now the words of 256 texts are located and hashed in their bytes. Only "
        "non-ASCII words become Python strings.",
    ),
    "reading the Jena CSV": (
        jena_path,
        "Before, pandas parsed every number with its general parser, and finding the last complete "
        "line copied the text several times. Now numbers with two decimals are parsed eight bytes "
        "at a time. Lines in another format are still parsed by pandas.",
    ),
    "shuffled windows, 500 batches": (
        windows_path,
        "A window is one block to copy, and copying takes most of the time. Before, the view of "
        "all overlapping blocks was created for each batch, in memory with small pages. Now it is "
        "created once, in memory with huge pages.",
    ),
    "hashing 200,000 tokens": (
        tokens_path,
        "Before, all tokens were hashed at once, which exceeded the CPU cache, and short tokens "
        "were read as several words. Now tokens are packed and hashed in chunks, and a token of up "
        "to seven bytes is read once.",
    ),
}


def profile(work: Callable[[], object], rows: int = 8) -> dict[str, Any]:
    """Return the CPU seconds without a profiler and the functions with the most time of their own.

    The seconds are the minimum of nine runs and include all threads.
    """
    work()
    # CPU time instead of wall time, because other load on the machine affects it less.
    seconds = min(_processor_seconds(work) for _ in range(9))
    profiler = cProfile.Profile(process_time)
    profiler.runcall(work)
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    own = sorted(stats.items(), key=lambda item: -item[1][2])[:rows]
    table = [
        {"function": _place(*where), "calls": calls, "own_seconds": tottime, "seconds": cumtime}
        for where, (calls, _, tottime, cumtime, _) in own
    ]
    return {"seconds": seconds, "table": table}


def _processor_seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def _place(file: str, line: int, name: str) -> str:
    # Only the end of the path, without the location of packages on this machine.
    return name if file == "~" else f"{Path(file).parent.name}/{Path(file).name}: {name}"


def main() -> None:
    """Profile the selected functions and store the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=("before", "after"))
    parser.add_argument("--only", default="", help="part of a title")
    options = parser.parse_args()
    found = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for title, (make, done) in PATHS.items():
        if options.only not in title:
            continue
        found.setdefault(title, {})[options.name] = profile(make())
        found[title]["done"] = done
        print(f"{title}: {found[title][options.name]['seconds']:.3f} s")
    RESULT.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
