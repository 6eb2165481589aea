"""Tests of the command line: targets, output and exit status."""

import io
import json
import os
import shlex
import subprocess
import sys

import keras
import pytest

from conformance.__main__ import chosen_backends
from keras_seqext._common import backend_selection
from keras_seqext.testing import Traits, check_layer, list_checks
from keras_seqext.testing.cli.backend_processes import run_backends
from keras_seqext.testing.cli.main import main
from keras_seqext.testing.cli.progress import Bars
from keras_seqext.testing.cli.request import Request
from keras_seqext.testing.core.usage_error import unknown_name
from keras_seqext.testing.report.report_file import read_reports

from . import broken_layers

HERE = "conformance.checks.broken_layers"
SHAPE = ["--input-shape", "4,7,6"]
CHECK = ["--check", "call_finite"]

INVALID = {
    "no colon": (["keras.layers", *SHAPE], "PACKAGE.MODULE:NAME"),
    "no module": (["no_such_package.layers:L", *SHAPE], "no module 'no_such_package'"),
    "no file": (["no_such_file.py:L", *SHAPE], "no file no_such_file.py"),
    "no name": (["keras.layers:Dens", *SHAPE], "no 'Dens'. Did you mean 'Dense'"),
    "not a layer": ([f"{HERE}:NOTHING", *SHAPE], "is of type int; expected a layer"),
    "class of another kind": (["keras.losses:Loss", *SHAPE], "not a keras.layers.Layer"),
    "arguments missing": (["keras.layers:Dense", *SHAPE], "missing a required argument: 'units'"),
    "no such argument": ([f"{HERE}:doubled", *SHAPE, "--kwargs", '{"n": 1}'], "keyword argument"),
    "arguments of a case": ([f"{HERE}:NAN", "--kwargs", '{"limit": 1}'], "--kwargs needs"),
    "no JSON": (["keras.layers:Dense", *SHAPE, "--kwargs", "units=3"], "--kwargs is not JSON"),
    "no object": (["keras.layers:Dense", *SHAPE, "--kwargs", "[3]"], "must be a JSON object"),
    "no shape": ([f"{HERE}:NotANumber"], "pass --input-shape"),
    "bad shape": ([f"{HERE}:NotANumber", "--input-shape", "4x7"], "whole numbers"),
    "bad arguments": ([f"{HERE}:NAN", "--arguments", "[4, 7]"], "list of shapes"),
    "unknown level": ([f"{HERE}:NAN", "--level", "hard"], "there is no level 'hard'. Known: core"),
    "unknown check": (
        [f"{HERE}:NAN", "--check", "config_jsn"],
        "must be names of layer checks. Received: 'config_jsn'",
    ),
    "unknown case": ([f"{HERE}:CASES", "--case", "dense"], "no case 'dense'. Did you mean 'Dense'"),
    "unknown sample": ([f"{HERE}:NAN", "--sample", "other"], "no sample 'other'"),
    "unknown trait": ([f"{HERE}:NAN", "--traits", '{"casual": true}'], "Did you mean 'causal'"),
    "unknown backend": ([f"{HERE}:NAN", "--backends", "tensorflw"], "Did you mean 'tensorflow'"),
    "trait of another type": (
        [f"{HERE}:NAN", "--traits", '{"causal": "yes"}'],
        "`causal` must be True or False",
    ),
    "negative seed": ([f"{HERE}:NAN", "--seed", "-1"], "`seed` must be an integer >= 0"),
    "built layer": ([f"{HERE}:BUILT", *SHAPE], "must be an unbuilt layer"),
    "list of other objects": ([f"{HERE}:NUMBERS", *SHAPE], "`make` must be an unbuilt layer"),
    "folder as report": (
        [f"{HERE}:doubled", *SHAPE, *CHECK, "--report", "README.md/r.json"],
        "cannot be written",
    ),
    "no backend": ([f"{HERE}:NAN", "--backends", ","], "--backends is empty"),
    "report of another kind": (
        [f"{HERE}:NAN", "--report", "a.pdf"],
        "must end in .json, .md or .html",
    ),
}


@pytest.mark.parametrize("arguments, message", INVALID.values(), ids=INVALID)
def test_an_invalid_command_line_has_status_2_and_a_remedy(arguments, message, capsys):
    assert main(["run", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_an_error_of_argparse_has_status_2_too(capsys):
    with pytest.raises(SystemExit) as error:
        main(["run", f"{HERE}:NAN", "--seed", "one"])
    assert error.value.code == 2 and "invalid int value: 'one'" in capsys.readouterr().err


def test_a_backend_that_is_not_installed(capsys, monkeypatch):
    monkeypatch.setattr(backend_selection, "find_spec", lambda name: None)
    assert main(["run", f"{HERE}:NAN", "--backends", "torch"]) == 2
    error = capsys.readouterr().err
    assert "'torch', which is not installed. Run pip install 'keras-seqext[torch]'" in error


def test_a_module_that_cannot_be_imported(tmp_path, monkeypatch, capsys):
    (tmp_path / "half_written.py").write_text("import keras\nLAYER = keras.layers.Dnse(3)\n")
    (tmp_path / "needs_more.py").write_text("import no_such_package\n")
    monkeypatch.chdir(tmp_path)
    assert main(["run", "half_written:LAYER", *SHAPE]) == 2
    assert "importing half_written failed: AttributeError" in capsys.readouterr().err
    assert main(["run", "needs_more.py:LAYER", *SHAPE]) == 2
    assert "Is no_such_package installed?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "target, options",
    {
        "a class": ("keras.layers:Dense", ["--kwargs", '{"units": 3}', *SHAPE]),
        "a function": (f"{HERE}:doubled", SHAPE),
        "a file": ("conformance/checks/broken_layers.py:doubled", SHAPE),
        "several inputs": ("keras.layers:Add", ["--input-shape", "[[4, 7, 6], [4, 7, 6]]"]),
        "integers": (
            "keras.layers:Embedding",
            ["--kwargs", '{"input_dim": 5, "output_dim": 2}', "--input-shape", "4,7"]
            + ["--input-dtype", "int32"],
        ),
        "a serialized argument": (
            "keras.layers:TimeDistributed",
            [
                "--kwargs",
                json.dumps({"layer": keras.saving.serialize_keras_object(keras.layers.Dense(3))}),
                *SHAPE,
            ],
        ),
        "a list of two": ("keras.layers:Attention", ["--input-shape", "[[4, 7, 6], [4, 5, 6]]"]),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_targets(target, options, capsys):
    assert main(["run", target, *options, *CHECK]) == 0
    assert f"passed on {keras.backend.backend()}" in capsys.readouterr().out


def test_a_long_list_of_names_is_not_printed():
    names = [f"layer{number}" for number in range(130)]
    message = str(unknown_name("case", "layr7", names))
    assert "Did you mean" in message and "and 122 more" in message and len(message) < 200


WITHOUT_TENSORFLOW = {
    "list": (["list", "--level", "core"], 0, "config_json"),
    "explain": (["explain", "config_json"], 0, "Why it matters"),
    "run": (["run", f"{HERE}:doubled", *SHAPE, *CHECK], 0, "passed on jax"),
    "run on a named backend": (
        ["run", f"{HERE}:doubled", *SHAPE, *CHECK, "--backends", "jax"],
        0,
        "passed on jax",
    ),
    "run on TensorFlow": (["run", f"{HERE}:doubled", "--backends", "tensorflow"], 2, ""),
}


@pytest.mark.backend_free
@pytest.mark.parametrize(
    "arguments, status, text", WITHOUT_TENSORFLOW.values(), ids=[*WITHOUT_TENSORFLOW]
)
def test_commands_work_without_tensorflow_and_without_a_variable(tmp_path, arguments, status, text):
    """A new process in which TensorFlow and torch cannot be found, as if not installed."""
    if "jax" not in chosen_backends(None):
        pytest.skip("needs JAX")
    (tmp_path / "sitecustomize.py").write_text(
        "from importlib.machinery import PathFinder\n"
        "find = PathFinder.find_spec\n"
        "hidden = {'tensorflow', 'torch'}\n"
        "PathFinder.find_spec = lambda name, *rest: (\n"
        "    None if name.partition('.')[0] in hidden else find(name, *rest)\n"
        ")\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "KERAS_HOME": str(tmp_path)}
    environment.pop("KERAS_BACKEND", None)
    done = subprocess.run(
        [sys.executable, "-m", "keras_seqext.testing", *arguments],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stderr
    assert text in done.stdout and "Traceback" not in done.stderr
    if "--backends" not in arguments:
        assert "Keras runs on jax, because tensorflow is not installed." in done.stderr


@pytest.mark.backend_free
def test_a_process_that_starts_others_does_not_import_keras():
    script = f"""import sys
from keras_seqext.testing.cli import backend_processes, main
backend_processes.run_backends = lambda *arguments: []
status = main.main(["run", "{HERE}:NAN", "--backends", "jax,torch"])
print(status, "keras" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if done.stdout.startswith("2"):
        pytest.skip("needs JAX and torch")
    assert done.stdout.split() == ["0", "False"], done.stderr


def test_progress_fits_into_80_columns():
    pytest.importorskip("rich")
    from rich.console import Console

    longest = max((check.name for check in list_checks()), key=len)
    console = Console(width=80, force_terminal=True, file=io.StringIO())
    bars = Bars(console, ["tensorflow"])
    for event in (
        {"event": "start"},
        *[{"event": "result", "result": {"status": "failed"}}] * 12,
        {
            "event": "check",
            "check": longest,
            "case": "MaskedGlobalMaxPooling1D",
            "at": 99,
            "of": 134,
        },
    ):
        bars.event("tensorflow", event)
    with console.capture() as capture:
        console.print(bars.progress.get_renderable())
    (line,) = capture.get().splitlines()
    assert longest in line and "99/134" in line and "12 failed" in line and "\u2026" not in line


def command_of(target, **options):
    report = check_layer(target, checks=["call_finite"], on_fail="collect", **options)
    (failure,) = report.failed
    return failure.message.partition("  Reproduce: ")[2]


def nan_from_zero():
    return broken_layers.NotANumber(0.0, name="renamed")


REPRODUCTIONS = {
    "class": (broken_layers.NotANumber, {"input_shape": (4, 7, 6)}, ""),
    "layer": (broken_layers.NotANumber(0.25), {"input_shape": (4, 7, 6)}, '{"limit": 0.25}'),
    "function": (nan_from_zero, {"input_shape": (4, 7, 6)}, '{"limit": 0.0}'),
    "policy": (
        lambda: broken_layers.NotANumber(dtype="float64"),
        {"input_shape": (4, 7, 6), "seed": 3, "traits": Traits(causal=True)},
        "--traits '{\"causal\": true}'",
    ),
    "wrapper": (
        lambda: keras.layers.TimeDistributed(broken_layers.NotANumber(0.0)),
        {"input_shape": (4, 7, 6)},
        '"limit": 0.0',
    ),
    "case": (broken_layers.NAN, {}, "--input-shape 4,7,6"),
}


@pytest.mark.parametrize("target, options, part", REPRODUCTIONS.values(), ids=REPRODUCTIONS)
def test_the_command_of_a_failure_reproduces_it(target, options, part, capsys):
    line = command_of(target, **options)
    assert part in line
    words = shlex.split(line)
    assert words[:4] == ["python", "-m", "keras_seqext.testing", "run"]
    assert main(words[3:]) == 1
    assert "the output is not finite" in capsys.readouterr().out


def test_a_call_is_printed_if_no_command_makes_the_same_layer():
    def local():
        class Local(broken_layers.NotANumber):
            pass

        return Local()

    line = command_of(local, input_shape=(4, 7, 6))
    backend = keras.backend.backend()
    assert line == (
        "check_layer(local, input_shape=(4, 7, 6), checks=['call_finite'], seed=0) with "
        f"KERAS_BACKEND={backend}"
    )
    # The argument that causes the failure is missing in the config.
    assert command_of(lambda: broken_layers.ForgetsLimit(0.1), input_shape=(4, 7, 6)).startswith(
        "check_layer("
    )


def test_list_and_explain(capsys):
    assert main(["list"]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {check.name} " in listed for check in list_checks())
    assert main(["list", "--level", "core"]) == 0
    assert len(capsys.readouterr().out.splitlines()) < len(listed.splitlines())
    assert main(["explain", "config_json"]) == 0
    text = capsys.readouterr().out
    assert "Why it matters: " in text and "Usual causes: " in text and "Level: core" in text
    assert main(["explain", "config"]) == 2
    assert "'config_json'" in capsys.readouterr().err


@pytest.mark.backend_free
def test_two_backends_are_compared(tmp_path):
    """The only test that starts processes, so it covers everything about several backends."""
    backends = [name for name in chosen_backends(None) if name != "jax"][:1] + ["jax"]
    if len(set(backends) & set(chosen_backends(None))) < 2:
        pytest.skip("needs JAX and another backend")
    checks = ["parity_forward", "parity_grad", "save_cross_backend"]
    command = [sys.executable, "-m", "keras_seqext.testing", "run", f"{HERE}:CASES"]
    for check in checks:
        command += ["--check", check]
    for name in ("r.json", "deep/r.md", "r.html"):
        command += ["--report", str(tmp_path / name)]
    done = subprocess.run(
        [*command, "--backends", ",".join(backends)], capture_output=True, text=True
    )
    assert done.returncode == 1, done.stdout + done.stderr
    reports = {(r.case, r.header["backend"]): r for r in read_reports(tmp_path / "r.json")}
    assert len(reports) == 4
    first, last = backends
    for check in checks:
        status = {place: result_of(report, check).status for place, report in reports.items()}
        assert status["Dense", first] == status["MoreOnJax", first] == "not_applicable"
        assert status["Dense", last] == "passed"
    bad = result_of(reports["MoreOnJax", last], "parity_forward")
    assert bad.status == "failed" and "output 0 on jax" in bad.message
    assert f"--check parity_forward --backends {first},jax --seed 0" in bad.message
    assert result_of(reports["MoreOnJax", last], "parity_grad").status == "blocked"
    # Not a terminal: plain lines, without escape sequences.
    assert f"{first}: started" in done.stdout and "\x1b" not in done.stdout
    assert "jax: parity_forward failed on MoreOnJax" in done.stdout
    assert "| parity_forward |" in (tmp_path / "deep/r.md").read_text()
    assert "MoreOnJax" in (tmp_path / "r.html").read_text()


def result_of(report, check):
    (result,) = [result for result in report.results if result.name == check]
    return result


@pytest.mark.backend_free
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_process_that_dies_is_a_failure_of_the_running_check():
    backend = chosen_backends(None)[0]
    request = Request(f"{HERE}:EndsTheProcess", [4, 7, 6], checks=["call_finite"])
    (report,) = run_backends(request, [backend], lambda *_: None)
    (failure,) = report.failed
    assert failure.name == "call_finite" and "SIGSEGV" in failure.message
