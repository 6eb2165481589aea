"""A killed run ends, once it is resumed, as the run that nobody killed: bit for bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from rich.console import Console

from recipes._engine.checkpoint import Checkpoints, Epochs
from recipes._engine.run_options import RunOptions
from recipes._engine.training import _prepare

from . import dropout_run

ROOT = Path(__file__).parents[3]
# One process a backend in CI, killed where most of the time is spent.
PLACES = dropout_run.PLACES if dropout_run.LONG else ("batch",)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a run that nobody killed, its metrics and its weights."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, *dropout_run.run(folder)


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_run_ends_as_the_whole_one(place, whole, tmp_path):
    _, epochs, weights = whole
    done = subprocess.run(
        [sys.executable, "-m", "conformance.unit.recipes.dropout_run", str(tmp_path), place],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
        capture_output=True,
        text=True,
    )
    assert done.returncode == -9, done.stderr
    before = json.loads((tmp_path / "epochs.json").read_text())["metrics"]
    assert len(before) == (3 if place == "tidy" else 2) and before == epochs[: len(before)]
    found, last = dropout_run.run(tmp_path, resume=True)
    assert found == epochs and len(epochs) == dropout_run.EPOCHS
    for one, other in zip(last, weights, strict=True):
        np.testing.assert_array_equal(one, other)
    kept = {f"epoch-{n}.npz" for n in (len(epochs), best(epochs))}
    assert {path.name for path in tmp_path.iterdir()} == {*kept, "config.json", "epochs.json"}


def best(epochs):
    return int(np.argmin([epoch["val_loss"] for epoch in epochs])) + 1


def test_a_finished_run_is_not_run_again(whole):
    folder, epochs, weights = whole
    before = {path: path.stat().st_mtime_ns for path in folder.glob("epoch*")}
    found, last = dropout_run.run(folder, resume=True)
    assert found == epochs and all(map(np.array_equal, last, weights))
    assert before == {path: path.stat().st_mtime_ns for path in folder.glob("epoch*")}


@pytest.mark.parametrize(
    ("losses", "patience", "exhausted"),
    [
        ([], 1, False),
        ([3.0, 2.0], 1, False),
        ([3.0, 2.0, 2.5], 1, True),
        ([3.0, 2.0, 2.0], 1, True),  # as good is no better
        ([3.0, 2.0, 2.5, 2.2], 3, False),
        ([3.0, 2.0, 2.5, 2.2, 2.1], 3, True),
        ([3.0, 2.0, 2.5, 2.2, 1.9], 3, False),
    ],
)
def test_patience_counts_the_epochs_before_a_resumption(losses, patience, exhausted, tmp_path):
    journal = {"metrics": [{"val_loss": x} for x in losses], "seconds": [1.0] * len(losses)}
    (tmp_path / "epochs.json").write_text(json.dumps(journal))
    checkpoints = Checkpoints(tmp_path, patience)
    assert checkpoints.exhausted is exhausted
    if losses:
        assert checkpoints.epochs.best == losses.index(min(losses)) + 1


def test_the_seconds_of_a_run_are_those_of_all_its_processes():
    epochs = Epochs([{"val_loss": 2.0}] * 3, [5.0, 1.0, 2.0], [0])
    assert (epochs.seconds_before, epochs.seconds_an_epoch) == (8.0, 1.5)
    epochs.add({"val_loss": 1.0}, 6.0)  # compiles, as this process begins with it
    epochs.add({"val_loss": 1.0}, 3.0)
    assert (epochs.seconds_before, epochs.seconds_an_epoch) == (8.0, 2.0)
    assert epochs.begins == [0, 3]
    assert Epochs([{"val_loss": 2.0}], [5.0], [0]).seconds_an_epoch == 5.0  # no other


def test_a_state_that_is_damaged_or_of_another_model_is_refused(tmp_path):
    checkpoints, model = Checkpoints(tmp_path, 1), dropout_run.model()
    with pytest.raises(ValueError, match="epoch-1.npz cannot be read: .*No such.*without --resume"):
        checkpoints.restore(model, 1)
    (tmp_path / "epoch-1.npz").write_bytes(b"PK half")
    with pytest.raises(ValueError, match="epoch-1.npz cannot be read.*without --resume"):
        checkpoints.restore(model, 1)
    np.savez(tmp_path / "epoch-1.npz", np.zeros(3))
    with pytest.raises(ValueError, match="of another model: it holds 1 variables, this one has"):
        checkpoints.restore(model, 1)


def test_a_run_begun_anew_loses_its_states_and_keeps_the_model_before(tmp_path, capsys):
    def prepare(resume, **settings):
        options = RunOptions(tmp_path, tmp_path, Console(width=400), resume=resume)
        _prepare(tmp_path, dropout_run.Settings(**settings), options)
        return sorted(path.name for path in tmp_path.iterdir())

    prepare(resume=False)
    names = ["backup", "epoch-1.npz", "epochs.json", "model.keras"]
    (tmp_path / names[0]).mkdir()
    for name in names[1:]:
        (tmp_path / name).write_text("{}")
    assert prepare(resume=True) == sorted([*names, "config.json"])
    assert prepare(resume=True, epochs=9) == sorted([*names, "config.json"])  # prolonged
    assert capsys.readouterr().out == ""
    assert prepare(resume=True, patience=9) == ["config.json", "model.keras"]
    assert "is of a run with other settings: this one begins anew" in capsys.readouterr().out
    (tmp_path / "epochs.json").write_text("{}")
    assert prepare(resume=False, patience=9) == ["config.json", "model.keras"]
