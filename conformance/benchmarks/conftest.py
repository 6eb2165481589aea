"""What every claim is measured with, and the gate."""

import os
from collections.abc import Callable, Sequence

import pytest

from conformance.benchmarks.measure.rounds import PeerRounds
from conformance.benchmarks.pages.claims import Claim, Peer, lost

Compare = Callable[..., dict]


@pytest.fixture
def compare(request: pytest.FixtureRequest, benchmark) -> Compare:
    """Measures ours beside its peers, stores the record, and fails where the claim is lost."""

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
        free = request.node.get_closest_marker("backend_free") is not None
        backend = None if free else os.environ["KERAS_BACKEND"]
        record = claim.record(benchmark.stats.stats.data, peers, others.times, backend)
        benchmark.extra_info["record"] = record
        missed = lost(record)
        assert not missed, "\n".join(missed)
        return record

    return run
