"""`run --all` repeats no finished run, even after a killed process."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import keras
import pytest

from recipes.__main__ import main
from recipes._cli import command_line, run_all
from recipes._engine import run_options, run_text
from recipes._report import result

ROOT = Path(__file__).parents[3]
ONLY = "weather-naive,weather-seasonal,reviews-embedding-20"
RUNS = 2 + 1 * 3  # the first two do not depend on seeds

pytestmark = pytest.mark.first_backend


def command(folder):
    return [
        *("run", "--all", "--only", ONLY, "--seeds", "0,1,2", "--epochs", "1"),
        *("--out", str(folder / "out"), "--runs", str(folder / "runs")),
    ]


def results(folder):
    return sorted((folder / "out").glob("*.json"))


def test_only_unfinished_runs_are_executed_after_a_kill(tmp_path, capsys):
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend()}
    process = subprocess.Popen(
        [sys.executable, "-m", "recipes", *command(tmp_path)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 200
    while len(results(tmp_path)) < 3 and time.monotonic() < end and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {path: path.read_bytes() for path in results(tmp_path)}
    assert 3 <= len(before) < RUNS
    assert main(command(tmp_path)) == 0
    output = capsys.readouterr().out
    done = int(re.search(r"(\d+) runs done", output)[1])
    assert done == RUNS - len(before)
    assert len(results(tmp_path)) == RUNS
    assert {path: path.read_bytes() for path in before} == before
    assert main(command(tmp_path)) == 0
    assert f"{RUNS} runs: {RUNS} already finished, 0 to do" in capsys.readouterr().out


def test_run_stops_after_its_epoch_at_the_time_limit_and_is_resumed(tmp_path, capsys, monkeypatch):
    arguments = [
        *("run", "--all", "--only", "reviews-embedding-20", "--epochs", "3"),
        *("--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")),
    ]
    with monkeypatch.context() as patched:
        # The time limit is reached for the callback only.
        patched.setattr(run_options, "time", SimpleNamespace(monotonic=lambda: float("inf")))
        assert main([*arguments, "--budget", "1h"]) == 0
    assert "0 runs done" in capsys.readouterr().out and not results(tmp_path)
    journal = next((tmp_path / "runs").glob("*/epochs.json"))
    stored = json.loads(journal.read_text())
    assert len(stored["metrics"]) == 1 and stored["seconds"][0] > 0
    stored["seconds"] = [1000.0]
    journal.write_text(json.dumps(stored))
    assert main(arguments) == 0
    (path,) = results(tmp_path)
    result = json.loads(path.read_text())
    assert len(result["history"]["loss"]) == 3
    assert 1000 < result["seconds"] < 2000 and result["seconds_an_epoch"] < 1000


HOLD = """
import sys
from pathlib import Path
from recipes._engine.run_lock import lock_run
with lock_run(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_run_of_another_process_is_skipped(tmp_path, capsys):
    backend = keras.backend.backend()
    stem = f"weather-naive-{backend}-0"
    folders = ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    both = ["run", "--all", "--only", "weather-naive,weather-seasonal", *folders]
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "runs" / stem)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"locked\n"
        assert main(["run", "weather-naive", *folders]) == 1
        output = " ".join(capsys.readouterr().out.split())
        assert "locked by another process" in output and "--runs" in output
        assert main(both) == 0
        assert "1 runs done" in (output := capsys.readouterr().out) and "1 left" in output
        other.kill()
    assert main(both) == 0
    assert len(results(tmp_path)) == 2


def test_run_finished_by_another_process_is_not_repeated(tmp_path, capsys, monkeypatch):
    from recipes._engine import run_forecast

    def both(recipe, seed, options):
        for name in ("weather-naive", "weather-seasonal"):
            original(command_line.match_recipes(name)[0], seed, options)

    original = run_forecast.run_forecast
    monkeypatch.setattr(run_forecast, "run_forecast", both)
    out = ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    assert main(["run", "--all", "--only", "weather-naive,weather-seasonal", *out]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "1 runs done" in output and "0 left, 1 done by another process" in output


def test_incomplete_file_is_not_a_result(tmp_path):
    (recipe,) = command_line.match_recipes("weather-naive")
    (tmp_path / "weather-naive.json").write_text('{"recipe": "weather-')
    assert not run_all.finished(recipe, None, tmp_path)
    whole = '{"recipe": "weather-naive", "backend": null, "seed": null}'
    (tmp_path / "weather-naive.json").write_text(whole)
    assert run_all.finished(recipe, None, tmp_path)
    (tmp_path / ".weather-gru.json.part").write_text('{"recipe": "weather-')
    assert len(result.read_results(tmp_path)) == 1


def test_missing_data_does_not_stop_other_runs(tmp_path, capsys):
    arguments = ["--only", "jena-naive,jena-seasonal", "--data", "/no/such/folder"]
    out = ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    assert main(["run", "--all", *arguments, *out]) == 1
    assert "2 left: no data for jena-naive, jena-seasonal" in " ".join(
        capsys.readouterr().out.split()
    )


def test_failing_recipe_does_not_stop_other_runs(tmp_path, capsys, monkeypatch):
    from recipes._engine import run_forecast

    def failing(recipe, seed, options):
        if recipe.name == "weather-naive":
            raise RuntimeError("a failing recipe")
        return original(recipe, seed, options)

    original = run_forecast.run_forecast
    monkeypatch.setattr(run_forecast, "run_forecast", failing)
    out = ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    assert main(["run", "--all", "--only", "weather-naive,weather-seasonal", *out]) == 1
    assert "failed weather-naive" in " ".join(capsys.readouterr().out.split())
    assert [path.name for path in results(tmp_path)] == ["weather-seasonal.json"]


def test_full_disk_stops_all_runs_with_an_error(tmp_path, capsys, monkeypatch):
    from recipes._engine import run_forecast
    from recipes._report.output_files import NotWritten

    def full(recipe, seed, options):
        raise NotWritten(f"no room for {recipe.name}")

    monkeypatch.setattr(run_forecast, "run_forecast", full)
    out = ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    assert main(["run", "--all", "--only", "weather-naive,weather-seasonal", *out]) == 1
    output = capsys.readouterr().out
    assert "no room for weather-naive" in output and "no room for weather-seasonal" not in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--all", "--budget", "soon"], "--budget must be a time such as 2h.*'soon'"),
        (["--all", "--budget", "0m"], "--budget must be a time"),
        (["--all", "--only", "imbd-*"], "--only must match a recipe.*'imbd-.'.*imdb-lstm"),
        (["weather-gru", "--budget", "2h"], "--budget and --only require --all"),
        (["weather-gru", "--all"], "either a NAME from `list`, or --all"),
        ([], "either a NAME from `list`, or --all"),
    ],
)
def test_invalid_arguments_are_named_before_anything_runs(arguments, message):
    with pytest.raises(SystemExit, match=message):
        main(["run", *arguments])


def test_interrupted_refit_is_resumed(tmp_path, capsys, monkeypatch):
    def arguments(name):
        folders = ["--out", str(tmp_path / name), "--runs", str(tmp_path / f"{name} runs")]
        return ["run", "--all", "--only", "reviews-naive-bayes", "--epochs", "2", *folders]

    def metrics(name):
        (path,) = (tmp_path / name).glob("*.json")
        result = json.loads(path.read_text())
        return result["best_epoch"], result["history"], result["metrics"]

    def out_of_time(*given):
        *others, options = given
        return refit(*others, replace(options, deadline=0.0))

    assert main(arguments("whole")) == 0
    assert metrics("whole")[0] > 1  # so that the refit has several epochs
    refit = run_text.refit
    with monkeypatch.context() as patched:
        patched.setattr(run_text, "refit", out_of_time)
        assert main(arguments("stopped")) == 0
    journal = next((tmp_path / "stopped runs").glob("*/refit/epochs.json"))
    assert len(json.loads(journal.read_text())["metrics"]) == 1
    assert "0 runs done" in capsys.readouterr().out.splitlines()[-1]
    assert main(arguments("stopped")) == 0
    assert metrics("stopped") == metrics("whole")
