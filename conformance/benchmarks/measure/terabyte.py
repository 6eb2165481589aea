"""Time to process a terabyte, extrapolated from stored results, for docs/scale.md."""

from math import ceil
from statistics import median
from typing import Any

TERABYTE = 1e12


def claims_of(stored: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the measured claims by name."""
    return {c["claim"]: c for c in stored["claims"] if c["ours"]["seconds"] and c["bytes"]}


def hours(claim: dict[str, Any], data: float) -> float:
    """Return the hours for `data` bytes at the speed of a claim."""
    return float(data / claim["bytes"] * median(claim["ours"]["seconds"]) / 3600)


def time_cells(hours: float) -> str:
    """Return two table cells: the hours of one process, and the processes needed for one hour.

    >>> time_cells(23.51), time_cells(0.084)
    ('23.5 | 24', '0.08 | 1')
    """
    shown = f"{hours:,.0f}" if hours >= 100 else f"{hours:.3g}" if hours >= 1 else f"{hours:.2f}"
    return f"{shown} | {ceil(hours):,}"


def table_of_hours(stored: dict[str, Any]) -> str:
    """Return the table as Markdown."""
    claims = claims_of(stored)
    rows = [
        "| one terabyte of | operation | hours with one process | processes for one hour |",
        "|---|---|---|---|",
    ]
    windows, text, vectors = (
        claims.get(name) for name in ("windows-mapped", "hash-reviews", "glove")
    )
    series_rows = TERABYTE / (14 * 4)
    if windows:
        window_bytes = windows["bytes"] / windows["amount"]
        every = series_rows * window_bytes
        rows += [
            f"| series, 14 columns of float32: {series_rows / 1e9:.1f} billion rows | every window "
            f"(240 of 1440 rows, {window_bytes / 1e3:.1f} kB): {every / 1e12:.0f} TB copied per "
            f"epoch | {time_cells(hours(windows, every))} |",
            "| the same series | windows without common rows (`stride=1440`): a sixth of the rows "
            f"| {time_cells(hours(windows, TERABYTE / 6))} |",
        ]
    if text:
        size = text["bytes"] / text["amount"]
        rows.append(
            f"| reviews of {size:,.0f} bytes: {TERABYTE / size / 1e6:,.0f} million | split, hashed "
            f"and counted | {time_cells(hours(text, TERABYTE))} |"
        )
    if vectors:
        rows.append(
            "| GloVe text | searched for 10,000 words with two threads | "
            f"{time_cells(hours(vectors, TERABYTE))} |"
        )
    return "\n".join(rows)
