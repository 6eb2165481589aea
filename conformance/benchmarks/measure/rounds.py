"""Rounds in which everybody takes a turn, so that a busy minute hits all alike."""

import gc
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

from conformance.benchmarks.pages.claims import Peer

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """How long `work` takes, once."""
    start = perf_counter()
    work()
    return perf_counter() - start


def turns(names: Sequence[str], round_: int) -> list[str]:
    """Who is first changes from round to round.

    >>> turns(["a", "b", "c"], 1)
    ['b', 'c', 'a']
    """
    first = round_ % len(names) if names else 0
    return [*names[first:], *names[:first]]


def interleaved(contestants: Mapping[str, Work], rounds: int) -> dict[str, list[float]]:
    """Seconds of each contestant in each round, after one turn each to warm up."""
    for work in contestants.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in contestants}
    gc.collect()
    for round_ in range(rounds):
        for name in turns(list(contestants), round_):
            times[name].append(seconds(contestants[name]))
    return times


class PeerRounds:
    """Gives the peers their turn before each round of ours.

    pytest-benchmark times one function in rounds, and calls `setup` before each, untimed: that is
    where the peers run, so that theirs and ours take turns.
    """

    def __init__(self, peers: Sequence[Peer], before: Work = lambda: None) -> None:
        self._before = before  # not timed: each turn
        self._works = {peer.name: peer.run for peer in peers if peer.run is not None}
        self.times: dict[str, list[float]] = {name: [] for name in self._works}
        for work in self._works.values():
            work()

    def setup(self) -> None:
        """One round of all peers."""
        done = max(map(len, self.times.values()), default=0)
        for name in turns(list(self._works), done):
            self._before()
            self.times[name].append(seconds(self._works[name]))
        self._before()
