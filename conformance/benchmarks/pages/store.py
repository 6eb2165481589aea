"""What was measured, as a file: collected from pytest-benchmark, merged, read again."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path("docs", "results", "performance.json")
BACKENDS = ("tensorflow", "jax", "torch")

Stored = dict[str, Any]


def records_of(benchmark_json: Path) -> dict[str, Stored]:
    """The record of each test, by its node id, in a file of pytest-benchmark."""
    if not benchmark_json.exists():
        return {}
    text = benchmark_json.read_text()
    found = json.loads(text)["benchmarks"] if text else []
    return {
        one["fullname"]: one["extra_info"]["record"]
        for one in found
        if "record" in one.get("extra_info", {})
    }


BROKEN = "not measured: the benchmark itself failed"
SKIPPED = "not measured: what it needs is not here; see `pytest -rs conformance/benchmarks`"


def unmeasured(test: str, backend: str, note: str = BROKEN) -> Stored:
    """Stands for a benchmark that has measured nothing."""
    name = test.split("::")[-1]
    return {
        "claim": name,
        "title": name.removeprefix("test_").replace("_", " "),
        "backend": backend,
        "unit": "",
        "amount": 1.0,
        "note": note,
        "bytes": 0.0,
        "ours": {"name": "keras-seqext", "seconds": []},
        "peers": [],
        "bounds": [],
        "curve": None,
    }


def merged(old: Stored | None, new: Stored) -> Stored:
    """`new`, with the claims of `old` that were measured, and not again.

    What stands in `old` for a benchmark that could not run is left out: it goes by the name of the
    test, and the claim may have been measured since.

    Raises:
        ValueError: They are of different machines or versions, whose figures do not compare.
    """
    if old is None:
        return new
    for part in ("machine", "versions"):
        if old[part] != new[part]:
            raise ValueError(
                f"The stored figures are of another {part}: {old[part]}; these are of "
                f"{new[part]}. Measure all claims again, without choosing any."
            )
    key = ("claim", "backend")
    again = {tuple(record[k] for k in key) for record in new["claims"]}
    measured = [r for r in old["claims"] if r["ours"]["seconds"]]
    kept = [r for r in measured if tuple(r[k] for k in key) not in again]
    claims = sorted(kept + new["claims"], key=lambda r: (r["claim"], r["backend"] or ""))
    return {**new, "claims": claims}


def read(path: Path = RESULTS) -> Stored | None:
    """What is stored, if anything."""
    return json.loads(path.read_text()) if path.exists() else None


def write(stored: Stored, path: Path = RESULTS) -> None:
    """Stores it, with numbers as short as they are exact."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_short(stored), indent=1) + "\n")


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items()}
    return [_short(one) for one in value] if isinstance(value, list) else value
