"""Selection of an installed backend before Keras is imported."""

import json
import os
import subprocess
import sys

import pytest

from keras_seqext._common import backend_selection
from keras_seqext._common.backend_selection import BackendError, select_backend

pytestmark = pytest.mark.backend_free


@pytest.fixture
def keras_home(monkeypatch, tmp_path):
    """A machine on which Keras is not imported and has neither variable nor file."""
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "")  # restored afterwards
    return tmp_path


@pytest.fixture
def install(monkeypatch):
    def install(*names):
        specs = {name: object() for name in names}
        monkeypatch.setattr(backend_selection, "find_spec", specs.get)

    return install


@pytest.mark.parametrize(
    ("installed", "configured", "chosen", "reported"),
    [
        (("tensorflow", "jax", "torch"), None, "tensorflow", False),
        (("jax", "torch"), None, "jax", True),
        (("torch",), None, "torch", True),
        (("jax", "torch"), "torch", "torch", False),
        (("jax",), "torch", "jax", True),
        (("jax",), "tensorflow", "jax", True),
        (("tensorflow", "jax"), "numpy", "tensorflow", True),
    ],
)
def test_an_installed_backend_is_chosen_and_a_change_reported(
    keras_home, install, installed, configured, chosen, reported
):
    install(*installed)
    if configured:
        (keras_home / "keras.json").write_text(json.dumps({"backend": configured}))
    messages = []
    assert select_backend(messages.append) == chosen
    assert os.environ["KERAS_BACKEND"] == chosen
    assert bool(messages) == reported
    assert all(chosen in message and "KERAS_BACKEND" in message for message in messages)


def test_the_message_is_written_to_standard_error(keras_home, install, capsys):
    install("jax")
    select_backend()
    assert capsys.readouterr().err == (
        "Keras runs on jax, because tensorflow is not installed. Set KERAS_BACKEND to choose a "
        "backend.\n"
    )
    select_backend()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"backend": null}', "\xff"])
def test_an_unreadable_file_of_keras_is_ignored(keras_home, install, content):
    install("tensorflow", "jax")
    (keras_home / "keras.json").write_bytes(content.encode("latin-1"))
    assert select_backend() == "tensorflow"


def test_a_requested_backend_must_be_installed(keras_home, install, monkeypatch):
    install("jax")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with pytest.raises(BackendError, match=r"'torch', which is not installed.*backend: jax"):
        select_backend()
    monkeypatch.setenv("KERAS_BACKEND", "jxa")
    with pytest.raises(BackendError, match=r"Received: 'jxa'\. Did you mean 'jax'"):
        select_backend()


def test_no_backend_at_all_is_an_error_that_names_the_extra(keras_home, install):
    install()
    with pytest.raises(BackendError, match=r"pip install 'keras-seqext\[jax\]'"):
        select_backend()


def test_selection_imports_neither_keras_nor_a_backend():
    script = """import sys
from keras_seqext._common.backend_selection import select_backend
select_backend()
print(*[name for name in ("keras", "numpy", "tensorflow", "jax", "torch") if name in sys.modules])
"""
    run = [sys.executable, "-c", script]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip() == ""
