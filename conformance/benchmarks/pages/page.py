"""`docs/performance.md`, made of the stored figures and of nothing else."""

import json
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

from . import store
from .plots import plot_claim
from .rows import rows_of, times

PAGE = Path("docs", "performance.md")
PROFILES = Path("docs", "results", "performance-profiles.json")
HEAD = """# Speed and memory, beside others

Made by `make bench` from `docs/results/performance.json`; do not edit. Everybody on a line did
the same work in the same process, in rounds in which all take turns; a ratio is the median over
rounds. *x* times faster than a peer means that it needs 1/*x* of the time. *At best* is how far
the limit of the machine, where one was measured (such as copying the bytes), lies above that
peer: a target beyond it cannot be met by anybody. A claim is *lost* when it is missed by more
than 15 %, *close* when by less; the cores are shared with others.
"""


def make_page(stored: store.Stored) -> str:
    """The page as text; draws the pictures beside it."""
    machine, versions = stored["machine"], stored["versions"]
    parts = [
        HEAD,
        f"{stored['date'][:10]}, {machine['cores']} cores of {machine['cpu']} (load average "
        f"{stored.get('load')} at the end, our own part included), "
        f"{machine['system']}; {', '.join(f'{k} {v}' for k, v in versions.items())}.\n",
        table(
            ("claim", "backend", "against", "found", "target", "at best", "verdict"),
            [row for record in stored["claims"] for row in rows_of(record)],
        ),
    ]
    for name, records in groupby(stored["claims"], key=lambda record: record["claim"]):
        parts.append(claim_section(name, list(records)))
    parts += [gpu_section(), profile_section()]
    return "\n".join(part for part in parts if part)


def claim_section(name: str, records: list[dict[str, Any]]) -> str:
    """The picture of one claim and what is to be said about it."""
    lines = [f"## {records[0]['title']}\n"]
    if plot_claim(records, PAGE.parent / "performance" / f"{name}.png"):
        lines.append(f"![{records[0]['title']}](performance/{name}.png)\n")
    for note in dict.fromkeys(_note(record) for record in records):
        if note:
            lines.append(f"{note}\n")
    return "\n".join(lines)


def _note(record: dict[str, Any]) -> str:
    note = record["note"]
    if record["bytes"] and record["ours"]["seconds"]:
        sides = [record["ours"], *(p for p in record["peers"] if p["is_limit"] and p["seconds"])]
        speeds = [
            f"{side['name']} {record['bytes'] / median(side['seconds']) / 1e9:.2f}"
            for side in sides
        ]
        note = f"GB/s of data: {', '.join(speeds)}. {note}".strip()
    return f"On {record['backend']}: {note}" if note and record["backend"] else note


def gpu_section() -> str:
    """What was measured on an accelerator, if anything was."""
    parts = []
    for backend in store.BACKENDS:
        found = store.read(PAGE.parent / "results" / f"performance-gpu-{backend}.json")
        if found is None:
            continue
        waiting = found["waiting"]
        step = 1e3 * median(waiting["windows"]) / waiting["batches"]
        rows = [
            (
                record["title"],
                _milliseconds(record["ours"]["seconds"], record["amount"]),
                peer["name"],
                _milliseconds(peer["seconds"], record["amount"]),
                times(peer["ratio"]),
            )
            for record in found["claims"]
            for peer in record["peers"]
        ]
        parts.append(
            f"### {backend} on {found['device']}\n\n"
            f"{found['date'][:10]}, {backend} {found['versions'].get(backend, '')}. GRU("
            f"{waiting['units']}) on the chapter's windows: a step of `fit` takes {step:.2f} ms; "
            f"{100 * waiting['share']:.1f} % of it is spent making windows, and the epoch takes "
            f"{100 * waiting['slower']:.1f} % longer than one that trains on a single batch.\n\n"
            + table(("claim", "ours", "against", "theirs", "ratio"), rows)
        )
    return "\n".join(["## On a GPU\n", *parts]) if parts else ""


def profile_section() -> str:
    """Where the time of the hottest paths went, before and after they were worked on."""
    if not PROFILES.exists():
        return ""
    parts = ["## Profiles of the hottest paths\n"]
    for title, found in json.loads(PROFILES.read_text()).items():
        parts.append(f"### {title}\n")
        if "done" in found:
            parts.append(f"{found['done']}\n")
        if {"before", "after"} <= found.keys():
            before, after = found["before"]["seconds"], found["after"]["seconds"]
            parts.append(
                f"{before:.3f} s before, {after:.3f} s after: {times(before / after)}, without a "
                "profiler, in seconds of the processor with all threads. What `cProfile` says:\n"
            )
        for name, one in ((n, found[n]) for n in ("before", "after") if n in found):
            rows = [
                (f"`{r['function']}`", r["calls"], f"{r['own_seconds']:.3f}", f"{r['seconds']:.3f}")
                for r in one["table"]
            ]
            parts.append(table((name, "calls", "own s", "s"), rows))
    return "\n".join(parts)


def table(head: tuple[str, ...], rows: list[Any]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(map(str, cells))} |" for cells in (head, *rows)]
    lines.insert(1, "|" + "---|" * len(head))
    return "\n".join(lines) + "\n"


def _milliseconds(seconds: list[float], amount: float) -> str:
    return f"{1e3 * median(seconds) / amount:.2f} ms"


def write_page(stored: store.Stored) -> None:
    """Writes the page and its pictures."""
    PAGE.write_text(make_page(stored))
