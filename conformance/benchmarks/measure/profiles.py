"""`python -m conformance.benchmarks.measure.profiles before`: where the time of the hottest paths goes.

Kept under the name given, so that the page can show what a change has bought.
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
    """500 shuffled batches."""
    from keras_seqext import TimeseriesWindow

    windows = TimeseriesWindow(chapter_rows(), 1, **CHAPTER, shuffle=True, seed=0)

    def run() -> None:
        for index in range(500):
            windows[index]

    return run


def tokens_path() -> Callable[[], object]:
    """200,000 tokens of text to bins."""
    from keras_seqext import HashingOneHot

    tokens, hashing = zipf_tokens(200_000), HashingOneHot(1000)
    return lambda: hashing.to_ids(tokens)


def texts_path() -> Callable[[], object]:
    """2,000 texts of 230 words to a multi-hot matrix, some of the words with an apostrophe."""
    from keras_seqext import HashingOneHot

    tokens = zipf_tokens(460_000)
    tokens[::50] = ["don't"] * len(tokens[::50])
    texts = [" ".join(tokens[i : i + 230]) + "." for i in range(0, len(tokens), 230)]
    hashing = HashingOneHot(1000, output_mode="multi_hot")
    return lambda: hashing.matrix(texts)


def jena_path() -> Callable[[], object]:
    """420,551 rows of text to numbers."""
    from datasets.jena import load_jena

    path = Path(tempfile.mkdtemp(), "jena_climate_2009_2016.csv")
    write_jena(path, JENA_ROWS)
    return lambda: load_jena(path)


# For each path how it is called, what makes it, and what was done about what was slow.
PATHS = {
    "2,000 texts to a multi-hot matrix": (
        texts_path,
        "A Python string was made of each word, by folding and splitting a text at a time, and all "
        "were packed into bytes again to be hashed. Now the words of 256 texts are found in their "
        "bytes, where they are hashed; a string is made only of what is not ASCII.",
    ),
    "reading the Jena CSV": (
        jena_path,
        "pandas read every number as if it might have any form, and finding the last whole line "
        "copied the text several times. Now eight bytes at a time are read as a number with two "
        "decimals; lines of another form still go to pandas.",
    ),
    "shuffled windows, 500 batches": (
        windows_path,
        "A window is one block to copy, and copying is most of it. The view of all overlapping "
        "blocks was made anew for each batch, out of ordinary pages; now it is made once, out of "
        "huge pages.",
    ),
    "hashing 200,000 tokens": (
        tokens_path,
        "Tokens were hashed all at once, which left the processor's cache, and short ones by "
        "reading several words. Now they are packed and hashed by the chunk, and a token of up to "
        "seven bytes is read once.",
    ),
}


def profile(work: Callable[[], object], rows: int = 8) -> dict[str, Any]:
    """Seconds without a profiler, and the lines of `cProfile` with most time of their own.

    The least of nine, in seconds of the processor with all threads: other work on the machine
    adds little to them.
    """
    work()
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
    # Only the end of a path: where a machine keeps its packages is of no interest.
    return name if file == "~" else f"{Path(file).parent.name}/{Path(file).name}: {name}"


def main() -> None:
    """Profiles every path and keeps the tables."""
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
