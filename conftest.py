"""Fixtures and settings of all tests, docstring examples and documentation blocks."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

# Set before a backend is imported, which the first test that needs Keras does.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "Agg")

import numpy as np
import pytest
from hypothesis import settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

# A module named for a backend imports it, so its examples need that backend.
collect_ignore_glob = [
    pattern
    for backend in ("tensorflow", "jax", "torch")
    if importlib.util.find_spec(backend) is None
    for pattern in (f"*/_{backend}*.py", f"*/backends/{backend}/*.py")
]

# Importing this module instruments the readers, and requires the fuzzer.
collect_ignore = ["conformance/robustness/fuzz/worker.py"]

# More examples for property tests, if KERAS_SEQEXT_LONG is set.
settings.register_profile("long", max_examples=2_000, deadline=None)
if os.environ.get("KERAS_SEQEXT_LONG"):
    settings.load_profile("long")

# Every Python block of these pages is run, in order, with one namespace per page.
pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["README.md", "docs/*.md", "docs/guide/*.md", "docs/howto/*.md"],
    excludes=["survey.md"],  # its examples need packages that are not installed
).pytest()


def to_numpy(tensor: object) -> np.ndarray:
    """Convert a tensor of any backend to a NumPy array."""
    import keras

    return keras.ops.convert_to_numpy(tensor)


@pytest.fixture(autouse=True)
def _example_names(doctest_namespace: dict[str, object]) -> None:
    """Add `np` and `to_numpy` to the namespace of docstring examples."""
    doctest_namespace["np"] = np
    doctest_namespace["to_numpy"] = to_numpy


@pytest.fixture
def real_data() -> Path:
    """Return the folder of the original data files, or skip the test if it is not set."""
    folder = os.environ.get("KERAS_SEQEXT_DATA")
    if not folder:
        pytest.skip("real data: set KERAS_SEQEXT_DATA to a folder with the original files")
    return Path(folder).resolve()


@pytest.fixture
def seeded() -> Iterator[np.random.Generator]:
    """Yield a NumPy generator with seed 0, after setting the same seed for Keras."""
    import keras

    keras.utils.set_random_seed(0)
    yield np.random.default_rng(0)


def pytest_report_header() -> str:
    """Return a line with the backend of this run."""
    return f"Keras backend: {os.environ['KERAS_BACKEND']}"
