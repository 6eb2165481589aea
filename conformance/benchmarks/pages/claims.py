"""Performance claims and their verdicts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

# Other processes share the cores, so a claim is lost only if it is missed by more than this share.
MARGIN = 0.15

MET, CLOSE, LOST, UNMEASURED, SHOWN = "met", "close", "lost", "not measured", "shown"


@dataclass(frozen=True)
class Peer:
    """Another implementation of the same work.

    Args:
        name: Name of the peer, as its users call it.
        run: Function that runs the work once. `None` if it cannot be run.
        at_least: Target ratio of its time to the time of this package. `None` for no target.
        is_limit: Whether it is a limit of the machine, such as copying the same bytes.
        work: Fraction of the work that one run does, for a peer that is too slow for all of it.
        missing: Reason why it cannot be run.
    """

    name: str
    run: Callable[[], object] | None
    at_least: float | None = None
    is_limit: bool = False
    work: float = 1.0
    missing: str = ""


@dataclass(frozen=True)
class Bound:
    """A measured value with an upper bound."""

    name: str
    value: float
    at_most: float
    unit: str

    def record(self) -> dict[str, Any]:
        """Return the bound as plain JSON."""
        return {**self.__dict__, "verdict": verdict_of_bound(self.value, self.at_most)}


@dataclass
class Claim:
    """A performance claim about this package.

    Args:
        name: Identifier, also the name of the plot.
        title: Title on the page.
        unit: Unit of the rate to show.
        amount: Number of units that one run processes.
        ours: Name of the function or layer of this package.
        note: Additional text for the page.
        bytes: Number of bytes that one run reads or copies, to compare with memory bandwidth.
        bounds: Measured values with an upper bound.
        curve: Cost for a growing size: `x_name`, `x`, `y_name`, and `series` of values by name.
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
        """Return the measured claim as plain JSON."""
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
    """Return the speedup over a peer: the median over rounds of the ratio within a round.

    >>> ratio_of([1.0, 2.0, 1.0], [3.0, 6.0, 9.0])
    3.0
    """
    if len(ours) != len(theirs):
        raise ValueError(
            f"`ours` and `theirs` must have one time per round each. Received: {len(ours)} and "
            f"{len(theirs)} times. Measure both in the same rounds."
        )
    return median(their / our for our, their in zip(ours, theirs, strict=True))


def verdict(ratio: float | None, at_least: float | None) -> str:
    """Return the verdict about a ratio and its target.

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
    """Return the verdict about a value and its upper bound."""
    if value <= at_most:
        return MET
    return CLOSE if value <= at_most * (1 + MARGIN) else LOST


def peer_record(
    peer: Peer, ours: Sequence[float], theirs: Sequence[float] | None
) -> dict[str, Any]:
    """Return the record of a peer, with its seconds scaled to the whole work."""
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
    """Return one message per target of a stored claim that is lost."""
    found = [
        f"{record['title']}: {peer['ratio']:.3g} times as fast as {peer['name']}, expected at "
        f"least {peer['at_least']:g}"
        for peer in record["peers"]
        if peer["verdict"] == LOST
    ]
    return found + [
        f"{record['title']}: {bound['name']} is {bound['value']:.3g} {bound['unit']}, expected at "
        f"most {bound['at_most']:g}"
        for bound in record["bounds"]
        if bound["verdict"] == LOST
    ]
