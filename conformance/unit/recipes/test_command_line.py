"""The command line without Keras, a backend or Matplotlib, and its messages."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from recipes._cli.interruption import interruption_message
from recipes._engine.progress import ProgressBar
from recipes._report.tables import every_table
from recipes.catalogue import catalogue

pytestmark = pytest.mark.backend_free
ROOT = Path(__file__).parents[3]

# Hides packages as if they were not installed.
HIDE = """
import importlib.util, runpy, sys
hidden = sys.argv.pop(1).split(",")
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: (
    None if name in hidden else find(name, package)
)
sys.modules.update(dict.fromkeys(hidden))
runpy.run_module("recipes", run_name="__main__", alter_sys=True)
"""


def run(*words: str, hidden: str = "none") -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if key != "KERAS_BACKEND"}
    return subprocess.run(
        [sys.executable, "-c", HIDE, hidden, *words],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT), "KERAS_HOME": "/no/such/folder"},
        capture_output=True,
        text=True,
    )


def test_list_needs_no_backend_and_no_other_package():
    done = run("list", hidden="tensorflow,jax,torch,matplotlib,pandas,rich,scipy")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(catalogue())


@pytest.mark.parametrize("verb", [("run", "weather-naive"), ("predict", "imdb-gru", "good")])
def test_missing_backends_and_packages_are_named(verb):
    done = run(*verb, hidden="tensorflow,jax,torch")
    assert done.returncode == 2
    assert "Keras needs a backend" in done.stderr and "Traceback" not in done.stderr
    done = run(*verb, hidden="pandas,matplotlib")
    assert done.returncode == 1
    assert "pip install -e '.[recipes]'" in done.stderr and "Traceback" not in done.stderr


def test_requested_backend_must_be_installed():
    done = run("run", "weather-naive", "--backend", "torch", hidden="torch")
    assert done.returncode == 2
    assert "--backend must be an installed backend. Received: 'torch'" in done.stderr


@pytest.mark.parametrize(
    "words", [("run", "xyz"), ("run",), ("run", "--all", "--only", "xyz"), ("predict", "imdb-gru")]
)
def test_usage_errors_have_status_2_and_one_short_message(words):
    done = run(*words)
    assert done.returncode == 2
    assert done.stdout == "" and 20 < len(done.stderr) < 300


def test_descriptions_match_the_options():
    about = {name: recipe.summary for name, recipe in catalogue().items()}
    assert all(about.values())
    assert "first 20 words" in about["imdb-embedding-20-first"]
    assert "last 20 words" in about["imdb-embedding-20"]
    assert "without a sigmoid" in about["imdb-conv-linear"]
    assert "baseline" not in about["jena-gru"]
    assert "backwards" in about["imdb-lstm-reversed"] and "backwards" not in about["imdb-lstm"]
    assert "without a mask, padding on the left" in about["imdb-lstm-unmasked-left"]


def test_interruption_repeats_every_option(tmp_path):
    typed = ["run", "weather-gru", "--seeds", "3", "--out", "my results", "--runs", str(tmp_path)]
    message = interruption_message(typed, tmp_path)
    assert "before an epoch was completed: nothing is stored" in message
    command = f"run weather-gru --seeds 3 --out 'my results' --runs {tmp_path} --resume`"
    assert command in message
    (tmp_path / "epochs.json").write_text('{"metrics": [{}]}')
    message = interruption_message([*typed, "--resume"], tmp_path)
    assert "1 epoch is complete" in message and message.count("--resume") == 1
    message = interruption_message(["run", "--all", "--seeds", "0,1"], None)
    assert "`python -m recipes run --all --seeds 0,1` skips finished runs" in message


def test_report_has_a_table_of_text_results():
    parts = {part: {"accuracy": 0.875, "loss": 0.3} for part in ("validation", "test")}
    run = {"recipe": "imdb-conv", "title": "Conv1D", "backend": "jax", "seed": 0}
    run |= {"metrics": parts, "parameters": 1_234, "seconds": 9.0}
    demo = {"recipe": "errata-hash", "title": "bins", "backend": None, "seed": None}
    table, others = every_table([run, demo])
    assert table.splitlines()[2] == (
        "| `imdb-conv` | Conv1D | jax | 1 | 0.8750 | 0.8750 | 1,234 | 9 |"
    )
    assert others == "- `errata-hash`: bins"


def test_progress_bar_fits_80_columns():
    from recipes._engine.run_text import _note

    console = Console(width=80, record=True, force_terminal=True, file=io.StringIO())
    bar = ProgressBar(console, _note)
    bar.set_params({"steps": 10_000})
    bar.on_epoch_begin(19)
    bar.on_train_batch_end(9_999)
    bar.on_epoch_end(19, {"accuracy": 0.98765, "val_accuracy": 0.87654})
    assert "accuracy 0.9877, validation 0.8765" in console.export_text()
