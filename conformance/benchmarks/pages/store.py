"""Stored results: read from pytest-benchmark, merged, and written as JSON."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path("docs", "results", "performance.json")
BACKENDS = ("tensorflow", "jax", "torch")

Stored = dict[str, Any]


def records_of(benchmark_json: Path) -> dict[str, Stored]:
    """Return the record of each test by its node id, from a file of pytest-benchmark."""
    if not benchmark_json.exists():
        return {}
    text = benchmark_json.read_text()
    found = json.loads(text)["benchmarks"] if text else []
    return {
        one["fullname"]: one["extra_info"]["record"]
        for one in found
        if "record" in one.get("extra_info", {})
    }


BROKEN = "not measured: the benchmark failed"
SKIPPED = "not measured: a requirement is missing; see `pytest -rs conformance/benchmarks`"


def unmeasured(test: str, backend: str, note: str = BROKEN) -> Stored:
    """Return the record of a benchmark without results."""
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
    """Return `new` with the measured claims of `old` that `new` does not contain.

    Records of `old` without results are dropped. They have the name of the test instead of the
    claim, and the claim may have been measured since then.

    Raises:
        ValueError: If machine or versions differ, so that results are not comparable.
    """
    if old is None:
        return new
    for part in ("machine", "versions"):
        if old[part] != new[part]:
            raise ValueError(
                f"Stored and new results must have the same {part}. Received: {old[part]} and "
                f"{new[part]}. Measure all claims again."
            )
    key = ("claim", "backend")
    again = {tuple(record[k] for k in key) for record in new["claims"]}
    measured = [r for r in old["claims"] if r["ours"]["seconds"]]
    preserved = [r for r in measured if tuple(r[k] for k in key) not in again]
    claims = sorted(preserved + new["claims"], key=lambda r: (r["claim"], r["backend"] or ""))
    return {**new, "claims": claims}


def read(path: Path = RESULTS) -> Stored | None:
    """Return the stored results, or `None` if there are none."""
    return json.loads(path.read_text()) if path.exists() else None


def write(stored: Stored, path: Path = RESULTS) -> None:
    """Write the results as JSON, with floats rounded to five significant digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_rounded(stored), indent=1) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
