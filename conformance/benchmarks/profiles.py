"""`python -m conformance.benchmarks.profiles before`: where the time of the hottest paths goes.

Kept under the name given, so that the page can show what a change has bought.
"""

import argparse
import cProfile
import json
import pstats
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from conformance.benchmarks.rounds import interleaved
from conformance.benchmarks.series_text import JENA_ROWS, write_jena
from conformance.benchmarks.test_hash_tokens import zipf_tokens
from conformance.benchmarks.training import CHAPTER, chapter_rows

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
    """2,000 texts of 230 words to bins, some of the words with an apostrophe."""
    from keras_seqext.text.token_hash import TokenHash
    from keras_seqext.text.tokenize import Tokenizer

    tokens = zipf_tokens(460_000)
    tokens[::50] = ["don't"] * len(tokens[::50])
    texts = [" ".join(tokens[i : i + 230]) + "." for i in range(0, len(tokens), 230)]
    tokenize, token_hash = Tokenizer(), TokenHash(1000)
    return lambda: token_hash.ids([word for text in texts for word in tokenize(text)])


def jena_path() -> Callable[[], object]:
    """420,551 rows of text to numbers."""
    from datasets.jena import load_jena

    path = Path(tempfile.mkdtemp(), "jena_climate_2009_2016.csv")
    write_jena(path, JENA_ROWS)
    return lambda: load_jena(path)


PATHS = {
    "shuffled windows, 500 batches": windows_path,
    "hashing 200,000 tokens": tokens_path,
    "splitting and hashing 2,000 texts": texts_path,
    "reading the Jena CSV": jena_path,
}


def profile(work: Callable[[], object], rows: int = 8) -> dict[str, Any]:
    """Seconds without a profiler, and the lines of `cProfile` with most time of their own."""
    seconds = median(interleaved({"": work}, 7)[""])
    profiler = cProfile.Profile()
    profiler.runcall(work)
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    own = sorted(stats.items(), key=lambda item: -item[1][2])[:rows]
    table = [
        {"function": _place(*where), "calls": calls, "own_seconds": tottime, "seconds": cumtime}
        for where, (calls, _, tottime, cumtime, _) in own
    ]
    return {"seconds": seconds, "table": table}


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
    for title, make in PATHS.items():
        if options.only not in title:
            continue
        found.setdefault(title, {})[options.name] = profile(make())
        print(f"{title}: {found[title][options.name]['seconds']:.3f} s")
    RESULT.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
