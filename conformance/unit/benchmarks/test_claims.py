"""The arithmetic of claims: ratios, verdicts, the gate."""

import json

import pytest

from conformance.benchmarks.measure.memory import peak_above_start
from conformance.benchmarks.measure.rounds import PeerRounds, interleaved, turns
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
    """Work that takes no time."""


def record(peers, times, bounds=()):
    claim = Claim("c", "A claim", "things/s", bounds=list(bounds))
    return claim.record([1.0, 1.0, 2.0], peers, times, "jax")


def test_a_ratio_is_the_median_of_rounds():
    assert ratio_of([1.0, 1.0, 4.0], [2.0, 3.0, 4.0]) == 2.0
    with pytest.raises(ValueError, match="2 and 1 times. Measure them in the same rounds"):
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


def test_the_gate_names_what_is_lost_and_only_that():
    peers = [Peer("slow", nothing, 2), Peer("fast", nothing, 5), Peer("gone", None, 9, missing="x")]
    found = record(
        peers, {"slow": [3.0, 3.0, 6.0], "fast": [2.0, 2.0, 4.0]}, [Bound("m", 9, 3, "MB")]
    )
    assert lost(found) == [
        "A claim: 2 times fast, and at least 5 is claimed",
        "A claim: m is 9 MB, and at most 3 is claimed",
    ]


def test_a_peer_that_does_a_part_is_scaled_up():
    found = record([Peer("part", nothing, 2, work=0.1)], {"part": [0.3, 0.3, 0.6]})
    assert found["peers"][0]["ratio"] == pytest.approx(3)
    assert found["peers"][0]["seconds"] == pytest.approx([3, 3, 6])


def test_a_missing_peer_is_reported_with_its_reason():
    row = rows_of(record([Peer("gensim", None, 40, missing="gensim is not installed here")], {}))[0]
    assert row.verdict == "not measured: gensim is not installed here" and row.target == "40x"


def test_a_target_beyond_the_limit_says_so():
    peers = [Peer("peer", nothing, 5), Peer("memcpy", nothing, 0.7, is_limit=True)]
    row = rows_of(record(peers, {"peer": [2.0, 2.0, 4.0], "memcpy": [1.0, 1.0, 2.0]}))[0]
    assert (row.found, row.at_best, row.verdict) == ("2x", "2x", "lost, beyond the limit")


def test_of_several_limits_the_last_counts_for_the_others_too():
    limits = [Peer(name, nothing, 0.7, is_limit=True) for name in ("memcpy", "blocks")]
    rows = rows_of(record(limits, {"memcpy": [0.5, 0.5, 1.0], "blocks": [1.0, 1.0, 2.0]}))
    assert [(row.at_best, row.verdict) for row in rows] == [
        ("0.5x", "lost, beyond the limit"),
        ("", "met"),
    ]


def test_who_is_first_changes_and_all_take_part():
    assert [turns(["a", "b"], n)[0] for n in range(3)] == ["a", "b", "a"] and turns([], 3) == []
    calls = []
    works = {name: lambda name=name: calls.append(name) for name in "ab"}
    times = interleaved(works, 2)
    assert calls == ["a", "b", "a", "b", "b", "a"] and {len(t) for t in times.values()} == {2}


def test_peers_run_once_a_round_and_once_before():
    calls = []
    rounds = PeerRounds([Peer("a", lambda: calls.append("a")), Peer("gone", None)])
    rounds.setup()
    assert calls == ["a", "a"] and list(rounds.times) == ["a"] and len(rounds.times["a"]) == 1


def test_what_is_to_be_done_before_each_turn_is_done_outside_of_it():
    calls = []
    peers = [Peer("a", lambda: calls.append("a")), Peer("b", lambda: calls.append("b"))]
    PeerRounds(peers, before=lambda: calls.append("-")).setup()
    assert "".join(calls) == "ab-a-b-"


def test_memory_of_a_process_is_seen():
    import sys

    if not sys.platform.startswith("linux"):
        pytest.skip("RssAnon is Linux's")
    peak = peak_above_start("import time", "x = bytearray(50_000_000)\ntime.sleep(0.05)\ndel x")
    assert 45 < peak < 80
    with pytest.raises(RuntimeError, match="(?s)the measured process failed.*ZeroDivisionError"):
        peak_above_start("", "1 / 0")


def stored(claims, cores=2):
    return {"date": "d", "versions": {}, "machine": {"cores": cores}, "claims": claims}


def kept(claim, backend, number, seconds=(1.0,)):
    return {"claim": claim, "backend": backend, "n": number, "ours": {"seconds": list(seconds)}}


def test_claims_not_measured_again_are_kept():
    old = stored([kept("a", None, 1), kept("b", "jax", 1), kept("test_c", "jax", 1, ())])
    new = stored([kept("b", "jax", 2), kept("c", "jax", 2)])
    assert [c["n"] for c in store.merged(old, new)["claims"]] == [1, 2, 2]
    with pytest.raises(ValueError, match="of another machine"):
        store.merged(stored([], cores=9), new)


def test_records_are_found_in_a_file_of_pytest_benchmark(tmp_path):
    path = tmp_path / "b.json"
    assert store.records_of(path) == {}
    inside = [{"fullname": "t::a", "extra_info": {"record": {"claim": "a"}}}, {"fullname": "t::b"}]
    path.write_text(json.dumps({"benchmarks": inside}))
    assert store.records_of(path) == {"t::a": {"claim": "a"}}
