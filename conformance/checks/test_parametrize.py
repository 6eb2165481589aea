"""Tests of layer checks in pytest: items, options, baseline and report."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import keras
import pytest

from conformance.__main__ import chosen_backends
from keras_seqext.testing import list_checks
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.core.usage_error import UsageError
from keras_seqext.testing.report.baseline import Entry, accepted, read_baseline, write_baseline
from keras_seqext.testing.report.report_file import read_reports

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
BACKEND = keras.backend.backend()
list_checks()  # imports the checks before pytester records the imported modules

TEST_FILE = """
import keras
from conformance.checks.broken_layers import MoreOnJax, NotANumber
from keras_seqext.testing import LayerCase, Sample, Traits, parametrize_layer_checks

CASES = [
    LayerCase(lambda: keras.layers.Dense(3), name="Dense", samples=[Sample("float", (4, 7, 6))]),
    LayerCase(NotANumber, traits=Traits(random_inference=True)),
    MoreOnJax(),
    MoreOnJax(),
]

@parametrize_layer_checks(
    CASES, level="core", checks=["parity_forward", "config_json"], input_shape=(4, 7, 6)
)
def test_layer(case, check):
    check(case)
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Return a function that runs pytest in this process on a file of cases."""
    monkeypatch.setenv("KERAS_BACKEND", BACKEND)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.syspath_prepend(str(ROOT))
    pytester.makepyfile(test_layers=TEST_FILE)

    def go(*options):
        return pytester.runpytest_inprocess("-p", "keras_seqext_pytest", *options)

    return go


def test_items_have_names_marks_and_outcomes(run):
    result = run("-rA", "-v")
    lines = result.outlines
    assert any("test_layer[Dense/float|config_json] PASSED" in line for line in lines)
    assert any("test_layer[MoreOnJax-2/input|config_json] PASSED" in line for line in lines)
    assert any("test_layer[NotANumber/input|call_finite] FAILED" in line for line in lines)
    assert any("blocked: needs call_finite" in line for line in lines)
    assert any(
        "not applicable: the check compares backends: pass at least two to --backends" in line
        for line in lines
    )
    # The list is found by its name, so that the command runs in this folder.
    commands = [line for line in lines if "Reproduce: " in line]
    assert "run test_layers.py:CASES --case NotANumber --input-shape 4,7,6" in commands[0]
    assert result.ret == 1


def test_selection_by_mark_and_keyword(run):
    result = run("-m", "layer_check", "-k", "config_json and Dense", "--strict-markers")
    result.assert_outcomes(passed=1, deselected=15)


def test_a_baseline_is_written_applied_and_strict(run, pytester):
    file = pytester.path / "known.toml"
    with_file = ["--layer-checks-baseline", file.name]
    result = run(*with_file, "--layer-checks-accept")
    assert "expected failures in known.toml: 1" in result.stdout.str()
    (entry,) = tomllib.loads(file.read_text())["expected"]
    assert (entry["case"], entry["check"]) == ("NotANumber", "call_finite")
    assert entry["backend"] == [BACKEND]
    assert entry["reason"].startswith("accepted ") and "not finite" in entry["reason"]

    result = run(*with_file)
    assert result.ret == 0 and result.parseoutcomes()["xfailed"] == 1

    file.write_text(file.read_text() + ENTRY.format(case="Dense", check="config_json"))
    result = run(*with_file)
    assert result.ret == 1 and result.parseoutcomes()["failed"] == 1
    assert "expected to fail (old) and passed" in result.stdout.str()

    file.write_text(file.read_text().replace('case = "Dense"', 'case = "Gone*"'))
    result = run(*with_file)
    assert result.ret == 1 and "failed" not in result.parseoutcomes()
    assert "out of date in known.toml: config_json of Gone*" in result.stdout.str()
    assert run(*with_file, "-k", "Dense").ret == 0, "a check that did not run is not outdated"

    assert run(*with_file, "--layer-checks-accept").ret == 0
    assert "Gone" not in file.read_text() and run(*with_file).ret == 0


ENTRY = """
[[expected]]
case = "{case}"
check = "{check}"
reason = "old"
"""

INVALID = {
    "no reason": ({"case": "a", "check": "construct", "reason": " "}, "has no reason"),
    "no check": ({"case": "a", "reason": "b"}, "has no check"),
    "unknown check": (
        {"case": "a", "check": "config_jsn", "reason": "b"},
        "names an unknown check: 'config_jsn'. Did you mean 'config_json'",
    ),
    "unknown key": (
        {"case": "a", "check": "construct", "reason": "b", "kears": "<4"},
        "unknown key 'kears'. Did you mean 'keras'",
    ),
    "no range": (
        {"case": "a", "check": "construct", "reason": "b", "keras": "3.15.x"},
        "must be a version range",
    ),
}


@pytest.mark.parametrize("entry, message", INVALID.values(), ids=INVALID)
def test_an_invalid_baseline_raises_an_error(entry, message, tmp_path):
    path = tmp_path / "known.json"
    path.write_text(json.dumps({"expected": [entry]}))
    with pytest.raises(UsageError, match=message):
        read_baseline(path)


def test_invalid_options_are_usage_errors(run):
    for options, message in (
        (["--layer-checks-baseline", "none.json"], "none.json cannot be read: No such file"),
        (["--layer-checks-accept"], "needs --layer-checks-baseline FILE"),
        (["--layer-checks-report", "a.pdf"], "must end in .json, .md, .html"),
        (["--layer-checks-backends", "mxnet"], "there is no backend 'mxnet'"),
    ):
        result = run(*options)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert message in result.stderr.str()


def test_entries_apply_to_backends_and_versions(tmp_path):
    entries = [
        Entry("A*", "construct", "one"),
        Entry("A", "construct", "two", ("jax", "torch"), {"keras": ">=3.12,<99"}),
        Entry("A", "construct", "three", (), {"keras": ">=99"}),
    ]
    holds = [[entry.holds(name) for name in ("tensorflow", "jax")] for entry in entries]
    assert holds == [[True, True], [False, True], [False, False]]
    assert entries[0].is_about("Any", "construct") and not entries[1].is_about("Any", "construct")
    for name in ("known.json", "known.toml"):
        write_baseline(entries, tmp_path / name)
        assert read_baseline(tmp_path / name) == entries
    # An entry that is outdated on one backend still applies to the other.
    passed = [("A", Result("construct", "passed", "", 0.0, "core", "construction", "jax"))]
    updated = accepted(entries, passed, "jax", "2026-01-01")
    assert [(entry.reason, entry.backend) for entry in updated] == [
        ("two", ("torch",)),
        ("three", ()),
    ]


def test_a_declared_trait_that_disables_a_core_check_fails_in_strict_mode(run, pytester):
    pytester.makepyfile(
        test_layers="""
import keras
from keras_seqext.testing import LayerCase, Sample, Traits, parametrize_layer_checks

MIXES = LayerCase(
    lambda: keras.layers.Dense(3), name="Dense", samples=[Sample("s", (4, 7, 6))],
    traits=Traits(per_example=False),
)

@parametrize_layer_checks([MIXES], level="core", checks=["batch_permute", "parity_forward"])
def test_layer(case, check):
    check(case)
"""
    )
    assert run().ret == 0
    result = run("--layer-checks-strict-na")
    assert result.parseoutcomes()["failed"] == 1, "parity does not apply in either case"
    assert "disabled by the traits that Dense declares (per_example=False)" in result.stdout.str()


def test_level_seed_and_report(run, pytester):
    pytester.makepyfile(
        test_layers=TEST_FILE.replace(', checks=["parity_forward", "config_json"]', "")
    )
    options = ["--layer-checks-level", "core", "--layer-checks-seed", "7", "-k", "NotANumber"]
    result = run(*options, "--layer-checks-report", "r.json")
    core = len(list_checks("core"))
    outcomes = result.parseoutcomes()
    # pytest warns of an editable install that it cannot rewrite; this is not an outcome of an item.
    outcomes.pop("warnings", None)
    outcomes.pop("warning", None)
    assert sum(outcomes.values()) == 4 * core
    assert "--seed 7" in result.stdout.str()
    (report,) = read_reports(pytester.path / "r.json")
    assert report.case == "NotANumber" and report.header["backend"] == BACKEND
    assert len(report.results) == core and len(report.failed) == 1
    recommended = run("--collect-only", "-q", "--layer-checks-level", "recommended")
    found = [line for line in recommended.outlines if "[Dense/float|" in line]
    assert len(found) == len(list_checks("recommended"))


def test_list_of_checks(run):
    result = run("--layer-checks-list")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["  config_json * core * The config is valid JSON*"])


@pytest.mark.backend_free
def test_the_plugin_does_not_import_keras_and_is_an_entry_point():
    script = "import sys, keras_seqext_pytest; print('keras' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "False"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "keras_seqext_pytest" in project["project"]["entry-points"]["pytest11"].values()
    assert (
        "keras_seqext_pytest.py"
        in project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    )


@pytest.mark.backend_free
def test_one_run_per_backend(tmp_path):
    installed = chosen_backends(None)
    backends = [name for name in installed if name != "jax"][:1] + ["jax"]
    if "jax" not in installed or len(backends) < 2:
        pytest.skip("needs JAX and another backend")
    (tmp_path / "test_layers.py").write_text(TEST_FILE)
    options = ["-q", "--layer-checks-report", "r.json", "--junitxml", "x.xml"]
    command = [sys.executable, "-m", "pytest", "-p", "keras_seqext_pytest", *options]
    done = subprocess.run(
        [*command, "-k", "parity or Dense", "--layer-checks-backends", ",".join(backends)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{backends[0]}: ok\njax: exit status 1" in done.stdout
    found = {(r.case, r.header["backend"]): r for r in read_reports(tmp_path / "r.json")}
    assert [result.name for result in found["MoreOnJax", "jax"].failed] == ["parity_forward"]
    assert [result.name for result in found["MoreOnJax-2", "jax"].failed] == ["parity_forward"]
    assert not found["MoreOnJax", backends[0]].failed
    assert "parity_forward" in [result.name for result in found["Dense", "jax"].passed]
    assert all((tmp_path / f"x-{name}.xml").exists() for name in backends)
