"""A resumed run gives exactly the results of an uninterrupted run."""

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
# In CI one process per backend, killed where most of the time is spent.
PLACES = dropout_run.PLACES if dropout_run.LONG else ("batch",)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """Return the folder, metrics and weights of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    return folder, *dropout_run.run(folder)


@pytest.mark.parametrize("place", PLACES)
def test_killed_run_is_resumed_exactly(place, uninterrupted, tmp_path):
    _, epochs, weights = uninterrupted
    done = subprocess.run(
        [sys.executable, "-m", "conformance.unit.recipes.dropout_run", str(tmp_path), place],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
        capture_output=True,
        text=True,
    )
    assert done.returncode == -9, done.stderr
    before = json.loads((tmp_path / "epochs.json").read_text())["metrics"]
    assert len(before) == (3 if place == "removal" else 2) and before == epochs[: len(before)]
    found, last = dropout_run.run(tmp_path, resume=True)
    assert found == epochs and len(epochs) == dropout_run.EPOCHS
    for one, other in zip(last, weights, strict=True):
        np.testing.assert_array_equal(one, other)
    retained = {f"epoch-{n}.npz" for n in (len(epochs), best(epochs))}
    assert {path.name for path in tmp_path.iterdir()} == {*retained, "config.json", "epochs.json"}


def best(epochs):
    return int(np.argmin([epoch["val_loss"] for epoch in epochs])) + 1


def test_finished_run_is_not_repeated(uninterrupted):
    folder, epochs, weights = uninterrupted
    before = {path: path.stat().st_mtime_ns for path in folder.glob("epoch*")}
    found, last = dropout_run.run(folder, resume=True)
    assert found == epochs and all(map(np.array_equal, last, weights))
    assert before == {path: path.stat().st_mtime_ns for path in folder.glob("epoch*")}


@pytest.mark.parametrize(
    ("losses", "patience", "finished"),
    [
        ([], 1, False),
        ([3.0, 2.0], 1, False),
        ([3.0, 2.0, 2.5], 1, True),
        ([3.0, 2.0, 2.0], 1, True),  # equal is not an improvement
        ([3.0, 2.0, 2.5, 2.2], 3, False),
        ([3.0, 2.0, 2.5, 2.2, 2.1], 3, True),
        ([3.0, 2.0, 2.5, 2.2, 1.9], 3, False),
    ],
)
def test_patience_includes_epochs_before_a_resumption(losses, patience, finished, tmp_path):
    journal = {"metrics": [{"val_loss": x} for x in losses], "seconds": [1.0] * len(losses)}
    (tmp_path / "epochs.json").write_text(json.dumps(journal))
    checkpoints = Checkpoints(tmp_path, patience)
    assert checkpoints.finished is finished
    if losses:
        assert checkpoints.epochs.best == losses.index(min(losses)) + 1


def test_seconds_of_a_run_include_all_processes():
    epochs = Epochs([{"val_loss": 2.0}] * 3, [5.0, 1.0, 2.0], [0])
    assert (epochs.seconds_before, epochs.seconds_per_epoch) == (8.0, 1.5)
    epochs.add({"val_loss": 1.0}, 6.0)  # includes compilation, as the first of this process
    epochs.add({"val_loss": 1.0}, 3.0)
    assert (epochs.seconds_before, epochs.seconds_per_epoch) == (8.0, 2.0)
    assert epochs.begins == [0, 3]
    assert Epochs([{"val_loss": 2.0}], [5.0], [0]).seconds_per_epoch == 5.0  # the only epoch


def test_damaged_or_foreign_checkpoint_is_refused(tmp_path):
    checkpoints, model = Checkpoints(tmp_path, 1), dropout_run.model()
    with pytest.raises(ValueError, match="epoch-1.npz cannot be read: .*No such.*without --resume"):
        checkpoints.restore(model, 1)
    (tmp_path / "epoch-1.npz").write_bytes(b"PK half")
    with pytest.raises(ValueError, match="epoch-1.npz cannot be read.*without --resume"):
        checkpoints.restore(model, 1)
    np.savez(tmp_path / "epoch-1.npz", np.zeros(3))
    with pytest.raises(
        ValueError, match="belongs to another model: it holds 1 variables, this model has"
    ):
        checkpoints.restore(model, 1)


def test_restarted_run_removes_checkpoints_and_retains_the_model(tmp_path, capsys):
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
    assert prepare(resume=True, epochs=9) == sorted([*names, "config.json"])  # extended
    assert capsys.readouterr().out == ""
    assert prepare(resume=True, patience=9) == ["config.json", "model.keras"]
    assert "is of a run with other settings: the run is restarted" in capsys.readouterr().out
    (tmp_path / "epochs.json").write_text("{}")
    assert prepare(resume=False, patience=9) == ["config.json", "model.keras"]
