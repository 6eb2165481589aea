"""`import keras_seqext` imports only what it needs, and registers its classes with Keras."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.__main__ import chosen_backends, installed

pytestmark = pytest.mark.backend_free


def imported(backend: str, statement: str) -> set[str]:
    """Return the top-level modules in a new process after `statement`."""
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
def test_tensorflow_is_not_imported(backend):
    if not installed(backend):
        pytest.skip(f"{backend} is not installed")
    assert "tensorflow" not in imported(backend, "import keras_seqext")


def test_all_names_import_only_keras_numpy_and_the_standard_library():
    backend = chosen_backends(None)[0]
    every_name = "from keras_seqext import *"
    extra = imported(backend, every_name) - imported(backend, "import keras, numpy")
    assert extra - sys.stdlib_module_names == {"keras_seqext"}


@pytest.mark.parametrize("statement", ["import keras_seqext", "import keras_seqext.testing"])
def test_the_package_itself_imports_neither_keras_nor_numpy(statement):
    extra = imported(chosen_backends(None)[0], statement) - imported("", "pass")
    assert extra - sys.stdlib_module_names == {"keras_seqext"}


@pytest.mark.parametrize("order", ["keras_seqext, keras", "keras, keras_seqext"])
def test_classes_are_registered_in_either_import_order(order):
    script = f"""import {order}
config = {{"module": "elsewhere", "class_name": "MinimalRNN", "config": {{"units": 2}},
    "registered_name": "keras_seqext>MinimalRNN"}}
print(type(keras.saving.deserialize_keras_object(config)).__name__)"""
    backend = chosen_backends(None)[0]
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["MinimalRNN"]


def test_failed_import_of_keras_can_be_repeated():
    script = """import os, sys, keras_seqext
os.environ["KERAS_BACKEND"] = "absent"
try:
    import keras
except ValueError:
    for name in [name for name in sys.modules if name.partition(".")[0] == "keras"]:
        del sys.modules[name]
os.environ["KERAS_BACKEND"] = sys.argv[1]
import keras
print(len([name for name in keras.saving.get_custom_objects() if "keras_seqext>" in name]))"""
    done = subprocess.run(
        [sys.executable, "-c", script, chosen_backends(None)[0]],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) > 10


@pytest.mark.parametrize("package", ["keras_seqext", "keras_seqext.testing"])
def test_names_for_type_checkers_equal_those_at_run_time(package):
    import ast
    import importlib

    module = importlib.import_module(package)
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    found = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }
    assert found == module._MODULES


def test_imported_reports_an_additional_module():
    """Otherwise the tests above would always pass."""
    assert "sqlite3" in imported("jax" if installed("jax") else "tensorflow", "import sqlite3")


@pytest.mark.parametrize("statement", ["import keras_seqext", "import keras_seqext.testing"])
@pytest.mark.parametrize("backend", chosen_backends(None))
def test_import_gives_no_warning(backend, statement):
    # Keras and the backend are imported first, because their warnings are not tested here.
    script = f"import keras, warnings; warnings.simplefilter('error'); {statement}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
