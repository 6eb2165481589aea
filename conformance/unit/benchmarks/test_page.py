"""The performance page is generated from stored results."""

import json

import pytest

from conformance.benchmarks.measure import terabyte
from conformance.benchmarks.pages import marked, page, store
from conformance.benchmarks.pages.claims import Claim, Peer

pytestmark = pytest.mark.backend_free


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "PAGE", tmp_path / "performance.md")
    monkeypatch.setattr(page, "PROFILES", tmp_path / "profiles.json")
    return tmp_path


def stored_claims():
    peers = [Peer("a peer", lambda: None, 2), Peer("gensim", None, 40, missing="it is not here")]
    bars = Claim("fast", "A fast thing", "things/s", 10, note="A note.")
    curve = {"x_name": "bins", "x": [2, 4], "y_name": "ms", "series": {"ours": [1.0, 1.0]}}
    lines = Claim("flat", "A flat thing", "things/s", curve=curve)
    claims = [
        bars.record([0.1, 0.1], peers, {"a peer": [0.5, 0.5]}, None),
        lines.record([0.1], [], {}, "jax"),
        store.unmeasured("test_x.py::test_broken_thing", "torch"),
    ]
    machine = {"cpu": "a processor", "cores": 2, "system": "Linux x86_64"}
    versions = {"python": "3.11"}
    return {"date": "2026-11-26T00:00", "versions": versions, "machine": machine, "claims": claims}


def test_page_shows_every_claim_with_a_plot(folder):
    stored = stored_claims()
    page.write_page(stored)
    text = page.PAGE.read_text()
    assert "| A fast thing | any | a peer | 5x | 2x |  | met |" in text
    assert "| A fast thing | any | gensim |  | 40x |  | not measured: it is not here |" in text
    assert "| broken thing | torch |  |  |  |  | not measured: the benchmark failed |" in text
    assert "2 cores of a processor" in text and "A note." in text
    assert {p.name for p in (folder / "performance").iterdir()} == {"fast.png", "flat.png"}


def test_stored_numbers_are_rounded_to_five_digits(folder):
    stored = {**stored_claims(), "claims": [{"seconds": [0.123456789]}]}
    store.write(stored, folder / "results.json")
    assert store.read(folder / "results.json")["claims"] == [{"seconds": [0.12346]}]
    assert store.read(folder / "none.json") is None


def test_page_shows_profiles_before_and_after(folder):
    row = {"function": "windows/row_store.py: rows", "calls": 9, "own_seconds": 1, "seconds": 2}
    found = {
        "windows": {n: {"seconds": s, "table": [row]} for n, s in (("before", 4.0), ("after", 2.0))}
    }
    page.PROFILES.write_text(json.dumps(found))
    text = page.profile_section()
    assert "4.000 s before, 2.000 s after: 2x" in text
    assert text.count("`windows/row_store.py: rows` | 9 | 1.000 | 2.000 |") == 2


def test_fill_replaces_only_the_marked_part(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n")
    for _ in range(2):
        marked.fill(path, "x", "new")
        assert path.read_text() == "a\n<!-- x: begin -->\nnew\n<!-- x: end -->\nb\n"
    with pytest.raises(ValueError, match="page.md must contain <!-- y: begin -->"):
        marked.fill(path, "y", "new")


def test_headlines_omit_limits_and_missing_peers():
    peers = [
        Peer("polars", lambda: None, 3),
        Peer("reading the bytes", lambda: None, 0.6, is_limit=True),
        Peer("gensim", None, 40, missing="it is not here"),
    ]
    times = {"polars": [8.0], "reading the bytes": [1.0]}
    record = Claim("glove", "GloVe", "files/s").record([2.0], peers, times, None)
    assert marked.headlines({"claims": [record]}).splitlines()[2:] == ["| GloVe | polars | 4 |"]


def test_terabyte_is_extrapolated_from_measured_speed():
    claim = Claim("hash-reviews", "t", "reviews/s", amount=1000, bytes=1e9)
    text = terabyte.table_of_hours({"claims": [claim.record([3.6], [], {}, None)]})
    assert "| reviews of 1,000,000 bytes: 1 million | split, hashed and counted | 1 | 1 |" in text
