"""Fixture that measures a performance claim and fails if it is lost."""

import os
from collections.abc import Callable, Sequence

import pytest

from conformance.benchmarks.measure.rounds import PeerRounds
from conformance.benchmarks.pages.claims import Claim, Peer, lost

Compare = Callable[..., dict]


@pytest.fixture
def compare(request: pytest.FixtureRequest, benchmark) -> Compare:
    """Return a function that measures a claim and its peers and fails if the claim is lost."""

    def run(
        claim: Claim,
        ours: Callable[[], object],
        peers: Sequence[Peer] = (),
        rounds: int = 5,
        before: Callable[[], object] = lambda: None,
    ) -> dict:
        others = PeerRounds(peers, before)
        ours()
        benchmark.pedantic(ours, setup=others.setup, rounds=rounds)
        backend_free = request.node.get_closest_marker("backend_free") is not None
        backend = None if backend_free else os.environ["KERAS_BACKEND"]
        record = claim.record(benchmark.stats.stats.data, peers, others.times, backend)
        benchmark.extra_info["record"] = record
        missed = lost(record)
        assert not missed, "\n".join(missed)
        return record

    return run
