"""Stored records as rows of a table: one a target."""

from statistics import median
from typing import Any, NamedTuple

from .claims import CLOSE, LOST, UNMEASURED


class Row(NamedTuple):
    """A claim, whom it is about, and how it came out, in words."""

    title: str
    backend: str
    against: str
    found: str
    target: str
    at_best: str
    verdict: str


def rows_of(record: dict[str, Any]) -> list[Row]:
    """Every comparison and every bound of a claim."""
    title, backend = record["title"], record["backend"] or "any"
    found = []
    for peer in record["peers"]:
        target = "" if peer["at_least"] is None else f"{peer['at_least']:g}x"
        if peer["ratio"] is None:
            missing = f"{UNMEASURED}: {peer['missing']}"
            found.append(Row(title, backend, peer["name"], "", target, "", missing))
            continue
        ratio = times(peer["ratio"])
        best = at_best(record, peer)
        beyond = best is not None and peer["at_least"] is not None and best < peer["at_least"]
        missed = peer["verdict"] in (CLOSE, LOST)
        word = f"{peer['verdict']}, beyond the limit" if beyond and missed else peer["verdict"]
        shown = "" if best is None else times(best)
        found.append(Row(title, backend, peer["name"], ratio, target, shown, word))
    for bound in record["bounds"]:
        value = f"{bound['value']:.3g} {bound['unit']}"
        target = f"at most {bound['at_most']:g} {bound['unit']}"
        found.append(Row(title, backend, bound["name"], value, target, "", bound["verdict"]))
    if not found:
        found.append(Row(title, backend, "", "", "", "", record["note"] or UNMEASURED))
    return found


def at_best(record: dict[str, Any], peer: dict[str, Any]) -> float | None:
    """How many times faster than `peer` the limit is, where it was measured.

    Of several limits the last one counts: each comes nearer to the work than the one before.
    """
    limits = [p for p in record["peers"] if p["is_limit"] and p["seconds"]]
    if not limits or peer is limits[-1] or not peer["seconds"]:
        return None
    return float(median(peer["seconds"]) / median(limits[-1]["seconds"]))


def times(ratio: float) -> str:
    """A ratio in three digits.

    >>> times(0.7041), times(35.61), times(1234.0)
    ('0.704x', '35.6x', '1234x')
    """
    return f"{ratio:.0f}x" if ratio >= 1000 else f"{ratio:.3g}x"
