"""Rows of the table of claims, one per target."""

from statistics import median
from typing import Any, NamedTuple

from .claims import CLOSE, LOST, UNMEASURED

HEADINGS = ("claim", "backend", "compared with", "result", "target", "machine limit", "verdict")


class Row(NamedTuple):
    """One row of the table, as text."""

    title: str
    backend: str
    peer: str
    result: str
    target: str
    limit: str
    verdict: str


def rows_of(record: dict[str, Any]) -> list[Row]:
    """Return one row per comparison and per bound of a claim."""
    title, backend = record["title"], record["backend"] or "any"
    found = []
    for peer in record["peers"]:
        target = "" if peer["at_least"] is None else f"{peer['at_least']:g}x"
        if peer["ratio"] is None:
            missing = f"{UNMEASURED}: {peer['missing']}"
            found.append(Row(title, backend, peer["name"], "", target, "", missing))
            continue
        ratio = times(peer["ratio"])
        limit = machine_limit(record, peer)
        beyond = limit is not None and peer["at_least"] is not None and limit < peer["at_least"]
        missed = peer["verdict"] in (CLOSE, LOST)
        verdict = f"{peer['verdict']}, beyond the limit" if beyond and missed else peer["verdict"]
        shown = "" if limit is None else times(limit)
        found.append(Row(title, backend, peer["name"], ratio, target, shown, verdict))
    for bound in record["bounds"]:
        value = f"{bound['value']:.3g} {bound['unit']}"
        target = f"at most {bound['at_most']:g} {bound['unit']}"
        found.append(Row(title, backend, bound["name"], value, target, "", bound["verdict"]))
    if not found:
        found.append(Row(title, backend, "", "", "", "", record["note"] or UNMEASURED))
    return found


def machine_limit(record: dict[str, Any], peer: dict[str, Any]) -> float | None:
    """Return the speedup of the machine limit over `peer`, or `None` without a measured limit.

    If there are several limits, the last one is used, because each is closer to the actual work
    than the one before.
    """
    limits = [p for p in record["peers"] if p["is_limit"] and p["seconds"]]
    if not limits or peer is limits[-1] or not peer["seconds"]:
        return None
    return float(median(peer["seconds"]) / median(limits[-1]["seconds"]))


def times(ratio: float) -> str:
    """Format a ratio with three significant digits.

    >>> times(0.7041), times(35.61), times(1234.0)
    ('0.704x', '35.6x', '1234x')
    """
    return f"{ratio:.0f}x" if ratio >= 1000 else f"{ratio:.3g}x"
