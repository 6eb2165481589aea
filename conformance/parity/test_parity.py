"""Every backend computes the same, and reads what another has saved."""

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
    pytest.mark.backend_free,  # it starts every backend itself
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        len(HERE) < 2, reason=f"parity compares two backends; installed: {', '.join(HERE)}"
    ),
]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@dataclass
class Results:
    """What the workers left in `folder`."""

    folder: Path
    files: dict[str, tuple[dict[str, np.ndarray], dict[str, str]]] = field(default_factory=dict)

    def of(self, backend: str, what: str, case: ParityCase) -> dict[str, np.ndarray]:
        """The arrays of one case; its traceback fails the test."""
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


def work(backend: str, mode: str, folder: Path, *what: str) -> None:
    """Runs one worker to its end."""
    # On JAX float64 is a matter of the whole process.
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
        raise RuntimeError(f"{mode} {what} on {backend} ended with:\n{done.stderr[-4000:]}")


def works(tasks: list[tuple[Any, ...]]) -> None:
    """Runs workers, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda task: work(*task), tasks))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Values and models of every backend."""
    folder = tmp_path_factory.mktemp("parity")
    works([(backend, "write", folder, dtype) for dtype in TOLERANCE for backend in HERE])
    return Results(folder)


@pytest.fixture(scope="session")
def loaded(written: Results) -> Results:
    """And what each predicts with the models of each."""
    works([(backend, "load", written.folder, *HERE) for backend in HERE])
    return written


def assert_same(got: np.ndarray, want: np.ndarray, tolerance: float, what: str) -> None:
    """Equal to `tolerance`, relative to the largest value where that is above one."""
    scale = max(1.0, float(np.abs(want).max(initial=0.0)))
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * scale, err_msg=what)


@each_case
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_values_and_gradients_agree(
    written: Results, case: ParityCase, dtype: str, pair: tuple[str, str]
) -> None:
    one, other = (written.of(backend, dtype, case) for backend in pair)
    real = case.float64.issuperset(pair)
    tolerance = TOLERANCE[dtype] if real else TOLERANCE["float32"]
    assert one.keys() == other.keys()
    assert any(key.startswith("output") for key in one)
    for key in one:
        assert one[key].dtype == other[key].dtype
        assert_same(one[key], other[key], tolerance, f"{key}, {pair[0]} and {pair[1]}, {dtype}")


@each_case
def test_there_is_something_to_compare(written: Results, case: ParityCase) -> None:
    """Outputs and gradients that are all zero would agree too."""
    found = written.of(HERE[0], "float32", case)
    for key, array in found.items():
        assert np.isfinite(array).all(), key
        assert array.any(), f"{key} of {case.name} is zero throughout"
    assert any("gradient" in key for key in found)


@each_case
@pytest.mark.parametrize("reader", HERE)
@pytest.mark.parametrize("writer", HERE)
def test_a_saved_model_predicts_the_same(
    loaded: Results, case: ParityCase, writer: str, reader: str
) -> None:
    want = loaded.of(writer, "float32", case)
    got = loaded.of(reader, f"from {writer}", case)
    assert got.keys() == {key for key in want if key.startswith("output")}
    for key in got:
        assert_same(got[key], want[key], 1e-5, f"{key}, written on {writer}, read on {reader}")
