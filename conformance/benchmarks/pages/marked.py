"""Generated parts of hand-written pages, between two markers."""

from pathlib import Path
from typing import Any

from conformance.benchmarks.measure.terabyte import table_of_hours

from .rows import rows_of

HEADLINES = (
    "windows-shuffled", "glove", "hash-tokens", "hash-reviews", "jena-csv", "minimal-rnn",
    "minimal-rnn-masked",
)  # fmt: skip


def fill(page: Path, name: str, text: str) -> None:
    """Replace the text between `<!-- name: begin -->` and `<!-- name: end -->`."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    old = page.read_text()
    if old.count(begin) != 1 or old.count(end) != 1:
        raise ValueError(
            f"{page} must contain {begin} and {end} exactly once. Received: {old.count(begin)} and "
            f"{old.count(end)} of them. Add them where the generated text belongs."
        )
    head, rest = old.split(begin)
    _, tail = rest.split(end)
    page.write_text(f"{head}{begin}\n{text}\n{end}{tail}")


def headlines(stored: dict[str, Any]) -> str:
    """Return a Markdown table of the measured speedups over peers, without machine limits."""
    lines = ["| Task | Compared with | Times as fast |", "|---|---|---|"]
    for name in HEADLINES:
        for record in (r for r in stored["claims"] if r["claim"] == name):
            backend = f", {record['backend']}" if record["backend"] else ""
            limits = {peer["name"] for peer in record["peers"] if peer["is_limit"]}
            lines += [
                f"| {row.title}{backend} | {row.peer} | {row.result.removesuffix('x')} |"
                for row in rows_of(record)
                if row.result.endswith("x") and row.peer not in limits
            ]
    return "\n".join(lines)


def fill_pages(stored: dict[str, Any]) -> None:
    """Update the table of speed in README.md and the table of a terabyte in docs/scale.md."""
    fill(Path("README.md"), "speed", headlines(stored))
    fill(Path("docs", "scale.md"), "terabyte", table_of_hours(stored))
