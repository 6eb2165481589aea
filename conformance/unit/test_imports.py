"""`import keras_seqext` brings no backend but the one that runs."""

import os
import subprocess
import sys

import pytest

from conformance.__main__ import chosen_backends, installed

pytestmark = pytest.mark.backend_free


def imported(backend: str, statement: str) -> set[str]:
    """The top-level modules that a fresh process has after `statement`."""
    script = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_tensorflow_stays_out(backend):
    if not installed(backend):
        pytest.skip(f"{backend} is not installed")
    assert "tensorflow" not in imported(backend, "import keras_seqext")


def test_nothing_but_keras_numpy_and_the_standard_library():
    backend = chosen_backends(None)[0]
    extra = imported(backend, "import keras_seqext") - imported(backend, "import keras, numpy")
    assert extra - sys.stdlib_module_names == {"keras_seqext"}


def test_the_probe_can_fail():
    """A test that looks in the wrong place would always pass."""
    assert "sqlite3" in imported("jax" if installed("jax") else "tensorflow", "import sqlite3")


@pytest.mark.parametrize("statement", ["import keras_seqext", "import keras_seqext.testing"])
@pytest.mark.parametrize("backend", chosen_backends(None))
def test_import_gives_no_warning(backend, statement):
    """Keras and the backend are imported first: what they warn of is not ours."""
    script = f"import keras, warnings; warnings.simplefilter('error'); {statement}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
