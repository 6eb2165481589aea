"""What every test, docstring example and README block may count on."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

# Quiet the backends before one is imported; the first test that needs Keras imports it.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "Agg")

import numpy as np
import pytest
from hypothesis import settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

# A module named for a backend imports it; its examples are run where that backend is installed.
collect_ignore_glob = [
    pattern
    for backend in ("tensorflow", "jax", "torch")
    if importlib.util.find_spec(backend) is None
    for pattern in (f"*/_{backend}*.py", f"*/backends/{backend}/*.py")
]

# Importing it instruments the readers, and needs the fuzzer.
collect_ignore = ["conformance/robustness/fuzz/worker.py"]

# Properties are tried on more examples where time is no matter.
settings.register_profile("long", max_examples=2_000, deadline=None)
if os.environ.get("KERAS_SEQEXT_LONG"):
    settings.load_profile("long")

# Every Python block of these pages is run, in order, in one namespace a page.
pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["README.md", "docs/*.md", "docs/guide/*.md", "docs/howto/*.md"],
    excludes=["survey.md"],  # what shows defects of published packages, which are not installed
).pytest()


def to_numpy(tensor: object) -> np.ndarray:
    """Any backend's tensor as a NumPy array."""
    import keras

    return keras.ops.convert_to_numpy(tensor)


@pytest.fixture(autouse=True)
def _example_names(doctest_namespace: dict[str, object]) -> None:
    """Docstring examples use `np` and `to_numpy` without importing them."""
    doctest_namespace["np"] = np
    doctest_namespace["to_numpy"] = to_numpy


@pytest.fixture
def real_data() -> Path:
    """The folder of real files; a test that asks for it is skipped without one."""
    folder = os.environ.get("KERAS_SEQEXT_DATA")
    if not folder:
        pytest.skip("real data: set KERAS_SEQEXT_DATA to a folder with the original files")
    return Path(folder).resolve()


@pytest.fixture
def seeded() -> Iterator[np.random.Generator]:
    """A NumPy generator, with Keras seeded alike."""
    import keras

    keras.utils.set_random_seed(0)
    yield np.random.default_rng(0)


def pytest_report_header() -> str:
    """Which backend this run is about."""
    return f"Keras backend: {os.environ['KERAS_BACKEND']}"
