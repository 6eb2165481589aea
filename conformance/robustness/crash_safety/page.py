"""`docs/faults.md`, from what was measured."""

import json
from typing import Any

from conformance.robustness.fuzz.seeds import ROOT

FOLDER = ROOT / "docs" / "faults"
PAGE = ROOT / "docs" / "faults.md"
WHAT = {
    "download": "a download into the cache, from a slow server",
    "unpacking": "the conversion of `imdb.npz`, the one thing taken out of an archive to disk",
    "glove-cache": "the cache of word vectors",
    "vocabulary": "a vocabulary saved over an older one",
    "result": "the JSON of a run, over an older one",
    "checkpoint": "`python -m recipes run weather-dense --resume`, four epochs",
}
TARGETS = {
    "glove": "text of word vectors",
    "archive": "zip files: of CSV, of word vectors, of arrays",
    "csv": "CSV of the Jena station and of the airports",
    "described": "the registry (TOML), vocabularies and encoders (JSON)",
}
HEAD = """# Kills, servers and files that mean harm

Made by `make faults` and `make fuzz`; the tests run a short version of the first, and replay
every input that once crashed a reader (`conformance/robustness/fuzz/cases/`).

## What is promised

- **Written whole or not at all.** A file is written under another name in the same folder,
  brought to the disk (`fsync`), and renamed. A lock on that other file lets one process write at
  a time; the system lets go of it when the process is killed, so the next one goes on.
- **Downloads.** Size, hash and format are checked before the file gets its name, and again
  before each use. A server that is busy, silent or breaks off is asked twice more; every other
  answer is an error with the address, what came and what to do. A way from https to http is
  not followed.
- **Archives.** Nothing is unpacked to the disk, so no name in an archive leads anywhere; links
  and devices are passed over. What would unpack to more than 100 times its archive, and to more
  than 64 MiB, is refused.
- **No pickle is loaded.** `imdb.npz` as Keras publishes it holds pickled lists.
  `python -m datasets convert-ids imdb.npz` asks, and then reads the instructions of the pickle
  without running one; anything but lists of integers ends it. Letting only NumPy's own functions
  through is not enough: they rebuild arrays of objects from raw bytes.
"""


def write_page() -> None:
    """Writes the page anew."""
    parts = [HEAD]
    kills, fuzz = FOLDER / "kills.json", FOLDER / "fuzz.json"
    if kills.exists():
        parts.append(_kills(json.loads(kills.read_text())))
    if fuzz.exists():
        parts.append(_fuzz(json.loads(fuzz.read_text())))
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def _kills(content: dict[str, Any]) -> str:
    lines = [
        "## Killed at random moments",
        "",
        f"{content['date']}, {_versions(content['versions'])}. Real processes, `kill -9`; seeds "
        "and moments are in [kills.json](faults/kills.json). Afterwards the file was whole, or",
        "not there yet, and the same done once more gave the right result.",
        "",
        "| what | kills | found | killed with a half-written part | corrupt |",
        "|---|---|---|---|---|",
    ]
    for kind, one in content["kinds"].items():
        found = sorted((name, n) for name, n in one["found"].items() if name != "corrupt")
        words = ", ".join(f"{name} {n}" for name, n in found)
        corrupt = one["found"].get("corrupt", 0)
        lines.append(
            f"| {WHAT[kind]} | {one['kills']} | {words} | {one['half_written']} | {corrupt} |"
        )
    lines += [
        "",
        "A part that stays after a kill is counted again until the next write takes it up. The",
        "conversion and the training take long, and write little: every other kill waited for a",
        "part.",
        "",
    ]
    for kind, one in content["together"].items():
        lines.append(
            f"- {one['processes']} processes at once, {WHAT[kind]}: {one['succeeded']} succeed, "
            f"and the file is {one['found']}."
        )
    return "\n".join([*lines, ""])


def _fuzz(content: dict[str, Any]) -> str:
    lines = [
        "## Fuzzed",
        "",
        "Atheris, guided by coverage, from the good files of `conformance/robustness/fuzz/seeds.py`. A crash",
        "is whatever is no ValueError that names the file. What was found before is mended, and",
        "kept as a case.",
        "",
        "| reader | executions | seconds | coverage | crashes | cases kept | date |",
        "|---|---|---|---|---|---|---|",
    ]
    for target, what in TARGETS.items():
        if target in content:
            one = content[target]
            cases = len(list((ROOT / "conformance" / "fuzz" / "cases" / target).glob("*")))
            lines.append(
                f"| {what} | {one['executions']:,} | {one['seconds']} | "
                f"{one['coverage']} edges, {one['features']} features | {one['crashes']} | "
                f"{cases} | {one['date']} |"
            )
    return "\n".join([*lines, "", f"{_versions(next(iter(content.values()))['versions'])}.", ""])


def _versions(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())
