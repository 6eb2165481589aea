"""What a terabyte costs, worked out from stored figures, for docs/scale.md."""

from math import ceil
from statistics import median
from typing import Any

TERABYTE = 1e12


def claims_of(stored: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Those that were measured, by name."""
    return {c["claim"]: c for c in stored["claims"] if c["ours"]["seconds"] and c["bytes"]}


def hours(claim: dict[str, Any], data: float) -> float:
    """For `data` bytes at the speed of a claim."""
    return float(data / claim["bytes"] * median(claim["ours"]["seconds"]) / 3600)


def time_cells(hours: float) -> str:
    """The hours of one process, and how many of them need one hour.

    >>> time_cells(23.51), time_cells(0.084)
    ('23.5 | 24', '0.08 | 1')
    """
    shown = f"{hours:,.0f}" if hours >= 100 else f"{hours:.3g}" if hours >= 1 else f"{hours:.2f}"
    return f"{shown} | {ceil(hours):,}"


def arithmetic(stored: dict[str, Any]) -> str:
    """The table, as Markdown."""
    claims = claims_of(stored)
    rows = [
        "| a terabyte of | does | hours on one process | processes for it in an hour |",
        "|---|---|---|---|",
    ]
    windows, text, vectors = (
        claims.get(name) for name in ("windows-mapped", "hash-reviews", "glove")
    )
    series_rows = TERABYTE / (14 * 4)
    if windows:
        window_bytes = windows["bytes"] / windows["amount"]
        every = series_rows * window_bytes
        apart = TERABYTE
        rows += [
            f"| series, 14 columns of float32: {series_rows / 1e9:.1f} billion rows | every window "
            f"(240 of 1440 rows, {window_bytes / 1e3:.1f} kB): {every / 1e12:.0f} TB copied an "
            f"epoch | {time_cells(hours(windows, every))} |",
            "| the same | windows that share no row (`stride=1440`): a sixth of the rows | "
            f"{time_cells(hours(windows, apart / 6))} |",
        ]
    if text:
        size = text["bytes"] / text["amount"]
        rows.append(
            f"| reviews of {size:,.0f} bytes: {TERABYTE / size / 1e6:,.0f} million | split, hashed "
            f"and counted | {time_cells(hours(text, TERABYTE))} |"
        )
    if vectors:
        rows.append(
            "| GloVe text | searched for 10,000 words, two threads | "
            f"{time_cells(hours(vectors, TERABYTE))} |"
        )
    return "\n".join(rows)
