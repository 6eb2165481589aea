"""Interleaved rounds of measurement, so that other load on the machine affects all peers."""

import gc
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

from conformance.benchmarks.pages.claims import Peer

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """Return the duration of one call of `work`."""
    start = perf_counter()
    work()
    return perf_counter() - start


def rotated(names: Sequence[str], round_: int) -> list[str]:
    """Return the names in the order of a round: the first name changes in each round.

    >>> rotated(["a", "b", "c"], 1)
    ['b', 'c', 'a']
    """
    first = round_ % len(names) if names else 0
    return [*names[first:], *names[:first]]


def interleaved(works: Mapping[str, Work], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each function in each round, after one warm-up call each."""
    for work in works.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in works}
    gc.collect()
    for round_ in range(rounds):
        for name in rotated(list(works), round_):
            times[name].append(seconds(works[name]))
    return times


class PeerRounds:
    """Runs the peers before each round of the function that pytest-benchmark measures.

    pytest-benchmark measures one function in rounds and calls `setup` before each round without
    timing it. The peers run there, so that their rounds alternate with those of the function.

    Args:
        peers: Peers to measure. Those without a function to run are skipped.
        before: Function to call before each timed call, outside the measured time.
    """

    def __init__(self, peers: Sequence[Peer], before: Work = lambda: None) -> None:
        self._before = before
        self._works = {peer.name: peer.run for peer in peers if peer.run is not None}
        self.times: dict[str, list[float]] = {name: [] for name in self._works}
        for work in self._works.values():
            work()

    def setup(self) -> None:
        """Measure one round of all peers."""
        done = max(map(len, self.times.values()), default=0)
        for name in rotated(list(self._works), done):
            self._before()
            self.times[name].append(seconds(self._works[name]))
        self._before()
