"""Equality of values, gradients and saved models between backends."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conformance.__main__ import BACKENDS, installed

from .cases import CASES, ParityCase

HERE = [backend for backend in BACKENDS if installed(backend)]
PAIRS = list(combinations(HERE, 2))
TOLERANCE = {"float32": 1e-5, "float64": 1e-10}
ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.backend_free,  # starts a process for each backend
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        len(HERE) < 2, reason=f"requires two backends; installed: {', '.join(HERE)}"
    ),
]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@dataclass
class Results:
    """Results of the workers in `folder`."""

    folder: Path
    files: dict[str, tuple[dict[str, np.ndarray], dict[str, str]]] = field(default_factory=dict)

    def of(self, backend: str, what: str, case: ParityCase) -> dict[str, np.ndarray]:
        """Return the arrays of one case, or fail the test with the traceback of the worker."""
        name = f"{backend}/{what}"
        if name not in self.files:
            with np.load(self.folder / f"{name}.npz") as arrays:
                failures = json.loads((self.folder / f"{name}.json").read_text())
                self.files[name] = dict(arrays), failures
        arrays, failures = self.files[name]
        if case.name in failures:
            pytest.fail(f"{case.name} on {name}:\n{failures[case.name]}", pytrace=False)
        prefix = f"{case.name}/"
        return {key[len(prefix) :]: arrays[key] for key in arrays if key.startswith(prefix)}


def run_worker(backend: str, mode: str, folder: Path, *what: str) -> None:
    """Run one worker process and wait for it."""
    # JAX enables float64 for a whole process.
    precision = {"JAX_ENABLE_X64": "1" if "float64" in what else "0"}
    command = [sys.executable, "-m", "conformance.parity.worker", mode, str(folder), *what]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **precision, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{mode} {what} on {backend} failed:\n{done.stderr[-4000:]}")


def run_workers(tasks: list[tuple[Any, ...]]) -> None:
    """Run worker processes, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda task: run_worker(*task), tasks))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return the values of every backend and save its models."""
    folder = tmp_path_factory.mktemp("parity")
    run_workers([(backend, "write", folder, dtype) for dtype in TOLERANCE for backend in HERE])
    return Results(folder)


@pytest.fixture(scope="session")
def loaded(written: Results) -> Results:
    """Return the predictions of every backend with the models of every backend as well."""
    run_workers([(backend, "load", written.folder, *HERE) for backend in HERE])
    return written


def assert_same(got: np.ndarray, want: np.ndarray, tolerance: float, what: str) -> None:
    """Check equality within `tolerance`, relative to the largest value if that is above one."""
    scale = max(1.0, float(np.abs(want).max(initial=0.0)))
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * scale, err_msg=what)


@each_case
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_values_and_gradients_agree(
    written: Results, case: ParityCase, dtype: str, pair: tuple[str, str]
) -> None:
    first, second = (written.of(backend, dtype, case) for backend in pair)
    computed_in_dtype = case.float64.issuperset(pair)
    tolerance = TOLERANCE[dtype] if computed_in_dtype else TOLERANCE["float32"]
    assert first.keys() == second.keys()
    assert any(key.startswith("output") for key in first)
    for key in first:
        assert first[key].dtype == second[key].dtype
        assert_same(first[key], second[key], tolerance, f"{key}, {' and '.join(pair)}, {dtype}")


@each_case
def test_results_are_finite_and_not_zero(written: Results, case: ParityCase) -> None:
    """Results that are zero on every backend would agree without testing anything."""
    found = written.of(HERE[0], "float32", case)
    for key, array in found.items():
        assert np.isfinite(array).all(), key
        assert array.any(), f"all values of {key} of {case.name} are zero"
    assert any("gradient" in key for key in found)


@each_case
@pytest.mark.parametrize("reader", HERE)
@pytest.mark.parametrize("writer", HERE)
def test_saved_model_predicts_the_same_on_every_backend(
    loaded: Results, case: ParityCase, writer: str, reader: str
) -> None:
    want = loaded.of(writer, "float32", case)
    got = loaded.of(reader, f"from {writer}", case)
    assert got.keys() == {key for key in want if key.startswith("output")}
    for key in got:
        assert_same(got[key], want[key], 1e-5, f"{key}, saved on {writer}, loaded on {reader}")
