"""Performance claims: ratios, verdicts, rounds, memory and stored records."""

import json

import pytest

from conformance.benchmarks.measure.memory import peak_above_start
from conformance.benchmarks.measure.rounds import PeerRounds, interleaved, rotated
from conformance.benchmarks.pages import store
from conformance.benchmarks.pages.claims import (
    CLOSE,
    LOST,
    MET,
    SHOWN,
    UNMEASURED,
    Bound,
    Claim,
    Peer,
    lost,
    ratio_of,
    verdict,
    verdict_of_bound,
)
from conformance.benchmarks.pages.rows import rows_of

pytestmark = pytest.mark.backend_free


def nothing():
    """Do nothing, as work that takes no time."""


def record(peers, times, bounds=()):
    claim = Claim("c", "A claim", "things/s", bounds=list(bounds))
    return claim.record([1.0, 1.0, 2.0], peers, times, "jax")


def test_ratio_is_the_median_over_rounds():
    assert ratio_of([1.0, 1.0, 4.0], [2.0, 3.0, 4.0]) == 2.0
    with pytest.raises(ValueError, match="2 and 1 times. Measure both in the same rounds"):
        ratio_of([1.0, 1.0], [1.0])


@pytest.mark.parametrize(
    ("ratio", "at_least", "word"),
    [(None, 2, UNMEASURED), (2, 2, MET), (1.75, 2, CLOSE), (1.69, 2, LOST), (0.1, None, SHOWN)],
)
def test_verdicts(ratio, at_least, word):
    assert verdict(ratio, at_least) == word


@pytest.mark.parametrize(("value", "word"), [(3, MET), (3.4, CLOSE), (3.6, LOST)])
def test_verdicts_of_bounds(value, word):
    assert verdict_of_bound(value, 3) == word


def test_lost_claims_are_reported():
    peers = [Peer("slow", nothing, 2), Peer("fast", nothing, 5), Peer("gone", None, 9, missing="x")]
    found = record(
        peers, {"slow": [3.0, 3.0, 6.0], "fast": [2.0, 2.0, 4.0]}, [Bound("m", 9, 3, "MB")]
    )
    assert lost(found) == [
        "A claim: 2 times as fast as fast, expected at least 5",
        "A claim: m is 9 MB, expected at most 3",
    ]


def test_time_of_a_peer_is_scaled_to_the_whole_work():
    found = record([Peer("part", nothing, 2, work=0.1)], {"part": [0.3, 0.3, 0.6]})
    assert found["peers"][0]["ratio"] == pytest.approx(3)
    assert found["peers"][0]["seconds"] == pytest.approx([3, 3, 6])


def test_missing_peer_is_reported_with_a_reason():
    row = rows_of(record([Peer("gensim", None, 40, missing="gensim is not installed here")], {}))[0]
    assert row.verdict == "not measured: gensim is not installed here" and row.target == "40x"


def test_target_beyond_the_machine_limit_is_marked():
    peers = [Peer("peer", nothing, 5), Peer("memcpy", nothing, 0.7, is_limit=True)]
    row = rows_of(record(peers, {"peer": [2.0, 2.0, 4.0], "memcpy": [1.0, 1.0, 2.0]}))[0]
    assert (row.result, row.limit, row.verdict) == ("2x", "2x", "lost, beyond the limit")


def test_last_of_several_limits_is_the_machine_limit():
    limits = [Peer(name, nothing, 0.7, is_limit=True) for name in ("memcpy", "blocks")]
    rows = rows_of(record(limits, {"memcpy": [0.5, 0.5, 1.0], "blocks": [1.0, 1.0, 2.0]}))
    assert [(row.limit, row.verdict) for row in rows] == [
        ("0.5x", "lost, beyond the limit"),
        ("", "met"),
    ]


def test_order_changes_from_round_to_round():
    assert [rotated(["a", "b"], n)[0] for n in range(3)] == ["a", "b", "a"]
    assert rotated([], 3) == []
    calls = []
    works = {name: lambda name=name: calls.append(name) for name in "ab"}
    times = interleaved(works, 2)
    assert calls == ["a", "b", "a", "b", "b", "a"] and {len(t) for t in times.values()} == {2}


def test_peers_run_once_per_round_and_once_to_warm_up():
    calls = []
    rounds = PeerRounds([Peer("a", lambda: calls.append("a")), Peer("gone", None)])
    rounds.setup()
    assert calls == ["a", "a"] and list(rounds.times) == ["a"] and len(rounds.times["a"]) == 1


def test_before_runs_before_each_timed_call():
    calls = []
    peers = [Peer("a", lambda: calls.append("a")), Peer("b", lambda: calls.append("b"))]
    PeerRounds(peers, before=lambda: calls.append("-")).setup()
    assert "".join(calls) == "ab-a-b-"


def test_peak_memory_of_a_process():
    import sys

    if not sys.platform.startswith("linux"):
        pytest.skip("RssAnon exists only on Linux")
    peak = peak_above_start("import time", "x = bytearray(50_000_000)\ntime.sleep(0.05)\ndel x")
    assert 45 < peak < 80
    with pytest.raises(RuntimeError, match="(?s)the measured process failed.*ZeroDivisionError"):
        peak_above_start("", "1 / 0")


def stored(claims, cores=2):
    return {"date": "d", "versions": {}, "machine": {"cores": cores}, "claims": claims}


def stored_record(claim, backend, number, seconds=(1.0,)):
    return {"claim": claim, "backend": backend, "n": number, "ours": {"seconds": list(seconds)}}


def test_claims_that_were_not_measured_again_are_preserved():
    old = stored(
        [
            stored_record("a", None, 1),
            stored_record("b", "jax", 1),
            stored_record("test_c", "jax", 1, ()),
        ]
    )
    new = stored([stored_record("b", "jax", 2), stored_record("c", "jax", 2)])
    assert [c["n"] for c in store.merged(old, new)["claims"]] == [1, 2, 2]
    with pytest.raises(ValueError, match="must have the same machine"):
        store.merged(stored([], cores=9), new)


def test_records_are_read_from_a_file_of_pytest_benchmark(tmp_path):
    path = tmp_path / "b.json"
    assert store.records_of(path) == {}
    benchmarks = [
        {"fullname": "t::a", "extra_info": {"record": {"claim": "a"}}},
        {"fullname": "t::b"},
    ]
    path.write_text(json.dumps({"benchmarks": benchmarks}))
    assert store.records_of(path) == {"t::a": {"claim": "a"}}
