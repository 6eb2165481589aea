"""What a claim is, and when it is lost: arithmetic on times, without measuring any."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

# Cores are shared with others: a claim is lost only when it is missed by more than this.
MARGIN = 0.15

MET, CLOSE, LOST, UNMEASURED, SHOWN = "met", "close", "lost", "not measured", "shown"


@dataclass(frozen=True)
class Peer:
    """Somebody else's way to do the same work.

    Args:
        name: As its users call it.
        run: Does the work once; None where it cannot be run.
        at_least: How many times faster ours should be; None to show it only.
        is_limit: Whether it is what the machine can do at best, such as copying the bytes.
        work: How much of the work of ours one run does, for a peer too slow to do all.
        missing: Why it cannot be run.
    """

    name: str
    run: Callable[[], object] | None
    at_least: float | None = None
    is_limit: bool = False
    work: float = 1.0
    missing: str = ""


@dataclass(frozen=True)
class Bound:
    """A number that must not be larger than another."""

    name: str
    value: float
    at_most: float
    unit: str

    def record(self) -> dict[str, Any]:
        """As it is stored."""
        return {**self.__dict__, "verdict": verdict_of_bound(self.value, self.at_most)}


@dataclass
class Claim:
    """One line of the table of claims, and what was measured for it.

    Args:
        name: What files and pictures of it are called.
        title: For people.
        unit: Of the rate that is shown.
        amount: How many of it one run of ours does.
        ours: What of ours is measured.
        note: What else is to be said.
        bytes: What one run reads or copies, to tell how near the limit of the memory it is.
        bounds: Numbers that must be small.
        curve: How cost grows: `x_name`, `x`, `y_name`, and `series` of values by name.
    """

    name: str
    title: str
    unit: str
    amount: float = 1.0
    ours: str = "keras-seqext"
    note: str = ""
    bytes: float = 0.0
    bounds: list[Bound] = field(default_factory=list)
    curve: dict[str, Any] | None = None

    def record(
        self,
        seconds: Sequence[float],
        peers: Sequence[Peer],
        times: dict[str, list[float]],
        backend: str | None,
    ) -> dict[str, Any]:
        """All that the page needs, as plain JSON."""
        return {
            "claim": self.name,
            "title": self.title,
            "backend": backend,
            "unit": self.unit,
            "amount": self.amount,
            "note": self.note,
            "bytes": self.bytes,
            "ours": {"name": self.ours, "seconds": list(seconds)},
            "peers": [peer_record(peer, seconds, times.get(peer.name)) for peer in peers],
            "bounds": [bound.record() for bound in self.bounds],
            "curve": self.curve,
        }


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times faster ours is: the median over rounds, each compared within itself.

    >>> ratio_of([1.0, 2.0, 1.0], [3.0, 6.0, 9.0])
    3.0
    """
    if len(ours) != len(theirs):
        raise ValueError(
            f"Each round has one time of ours and one of theirs. Received: {len(ours)} and "
            f"{len(theirs)} times. Measure them in the same rounds."
        )
    return median(their / our for our, their in zip(ours, theirs, strict=True))


def verdict(ratio: float | None, at_least: float | None) -> str:
    """One word about a ratio and its target.

    >>> verdict(9.0, 10.0), verdict(8.0, 10.0)
    ('close', 'lost')
    """
    if ratio is None:
        return UNMEASURED
    if at_least is None:
        return SHOWN
    if ratio >= at_least:
        return MET
    return CLOSE if ratio >= at_least * (1 - MARGIN) else LOST


def verdict_of_bound(value: float, at_most: float) -> str:
    """One word about a number that should be small."""
    if value <= at_most:
        return MET
    return CLOSE if value <= at_most * (1 + MARGIN) else LOST


def peer_record(
    peer: Peer, ours: Sequence[float], theirs: Sequence[float] | None
) -> dict[str, Any]:
    """A peer beside ours. Its seconds are for the whole work, however much it has done."""
    scaled = None if theirs is None else [t / peer.work for t in theirs]
    ratio = None if scaled is None else ratio_of(ours, scaled)
    return {
        "name": peer.name,
        "seconds": scaled,
        "ratio": ratio,
        "at_least": peer.at_least,
        "is_limit": peer.is_limit,
        "missing": peer.missing,
        "verdict": verdict(ratio, peer.at_least),
    }


def lost(record: dict[str, Any]) -> list[str]:
    """What of a stored claim is missed by a clear margin, in words; empty when nothing is."""
    found = [
        f"{record['title']}: {peer['ratio']:.3g} times {peer['name']}, and at least "
        f"{peer['at_least']:g} is claimed"
        for peer in record["peers"]
        if peer["verdict"] == LOST
    ]
    return found + [
        f"{record['title']}: {bound['name']} is {bound['value']:.3g} {bound['unit']}, and at most "
        f"{bound['at_most']:g} is claimed"
        for bound in record["bounds"]
        if bound["verdict"] == LOST
    ]
