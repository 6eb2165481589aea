"""Parts of hand-written pages that are made from stored figures, between two marks."""

from pathlib import Path
from typing import Any

from conformance.benchmarks.measure.terabyte import arithmetic

from .rows import rows_of

HEADLINES = (
    "windows-shuffled", "glove", "hash-tokens", "hash-reviews", "jena-csv", "minimal-rnn",
    "minimal-rnn-masked",
)  # fmt: skip


def fill(page: Path, name: str, text: str) -> None:
    """Puts `text` between `<!-- name: begin -->` and `<!-- name: end -->`."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    old = page.read_text()
    if old.count(begin) != 1 or old.count(end) != 1:
        raise ValueError(
            f"{page} must hold {begin} and {end} once each. Put them where the figures belong."
        )
    head, rest = old.split(begin)
    _, tail = rest.split(end)
    page.write_text(f"{head}{begin}\n{text}\n{end}{tail}")


def headlines(stored: dict[str, Any]) -> str:
    """Ours beside each peer, as Markdown; limits and what was not measured stay on the page."""
    lines = ["| what | against | times as fast |", "|---|---|---|"]
    for name in HEADLINES:
        for record in (r for r in stored["claims"] if r["claim"] == name):
            on = f", {record['backend']}" if record["backend"] else ""
            limits = {peer["name"] for peer in record["peers"] if peer["is_limit"]}
            lines += [
                f"| {row.title}{on} | {row.against} | {row.found.removesuffix('x')} |"
                for row in rows_of(record)
                if row.found.endswith("x") and row.against not in limits
            ]
    return "\n".join(lines)


def fill_pages(stored: dict[str, Any]) -> None:
    """README's headlines, and the arithmetic of a terabyte."""
    fill(Path("README.md"), "speed", headlines(stored))
    fill(Path("docs", "scale.md"), "terabyte", arithmetic(stored))
