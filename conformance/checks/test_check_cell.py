"""Tests of `check_cell`: correct cells pass, broken cells fail the expected check."""

import json

import keras
import pytest

from keras_seqext import MinimalRNNCell
from keras_seqext.testing import CellCheckError, Report, check_cell, list_cell_checks

from . import cells
from .scope import LONG

layers = keras.layers

CORRECT = {
    "SimpleRNNCell": lambda: layers.SimpleRNNCell(3),
    "GRUCell": lambda: layers.GRUCell(3),
    "GRUCell reset before": lambda: layers.GRUCell(3, reset_after=False, dropout=0.2),
    "LSTMCell": lambda: layers.LSTMCell(3),
    "LSTMCell dropout": lambda: layers.LSTMCell(3, dropout=0.2, recurrent_dropout=0.2, seed=1),
    "MinimalRNNCell": lambda: MinimalRNNCell(3),
    "MinimalRNNCell dropout": lambda: MinimalRNNCell(3, dropout=0.2, recurrent_dropout=0.2),
    "Correct": cells.Correct,
    "Minimal": cells.Minimal,
    "Projected": cells.Projected,
    "TwoStates": cells.TwoStates,
    "StackedRNNCells": lambda: layers.StackedRNNCells([layers.LSTMCell(3), layers.GRUCell(4)]),
}
# One of each kind of state, dropout and nesting; `make planted-bugs` runs all of them.
SHORT = ("SimpleRNNCell", "LSTMCell dropout", "Minimal", "TwoStates", "StackedRNNCells")
EXPECTED = {
    "StackedRNNCells": {
        "in_stateful_rnn": "Keras 3.15 assigns to a list where the states are nested"
    }
}


@pytest.mark.parametrize("name", CORRECT if LONG else SHORT)
def test_a_correct_cell_passes(name):
    report = check_cell(
        CORRECT[name],
        name=name,
        level="strict",
        expected_failures=EXPECTED.get(name),
        on_fail="collect",
    )
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert not report.blocked
    assert len(report.passed) >= 18


@pytest.mark.parametrize(
    "cell,check", cells.BROKEN, ids=[f"{c.__name__}-{n}" for c, n in cells.BROKEN]
)
def test_a_broken_cell_fails_its_check(cell, check):
    if cell is cells.NeedsBatchSize and keras.backend.backend() != "tensorflow":
        pytest.skip("sizes are always known in a compiled call on JAX and torch")
    report = check_cell(cell, level="strict", checks=[check], on_fail="collect")
    failed = {result.name for result in report.failed}
    assert failed == {check}, report.to_markdown()


def test_every_check_has_a_broken_cell():
    assert {check for _, check in cells.BROKEN} == {check.name for check in list_cell_checks()}


def test_the_error_lists_all_failures():
    with pytest.raises(CellCheckError) as caught:
        check_cell(cells.WrongUnitsInConfig, checks=["config_roundtrip", "state_matters"])
    text = str(caught.value)
    assert "config_roundtrip FAILED  WrongUnitsInConfig" in text
    assert "Why it matters" in text and "Usual causes" in text
    assert (
        "check_cell(WrongUnitsInConfig, input_dim=6, checks=['config_roundtrip'], seed=0)" in text
    )


def test_the_report_has_the_format_of_layer_reports():
    report = check_cell(layers.SimpleRNNCell(2), checks=["step"])
    assert isinstance(report, Report)
    assert [result.name for result in report.passed] == ["construct", "state_size", "step"]
    assert json.loads(report.to_json())["case"] == "SimpleRNNCell"
    assert "| step | core |" in report.to_markdown()


def test_an_expected_failure_that_passes_counts_as_failed():
    report = check_cell(
        layers.SimpleRNNCell(2),
        checks=["step"],
        expected_failures={"step": "outdated"},
        on_fail="collect",
    )
    assert [result.name for result in report.failed] == ["step"]


@pytest.mark.parametrize(
    "target,kwargs,message",
    [
        (layers.GRUCell, {}, "missing 1 required positional argument"),
        (lambda: 3, {}, "with a `state_size`"),
    ],
)
def test_invalid_targets(target, kwargs, message):
    with pytest.raises((TypeError, ValueError, CellCheckError), match=message):
        check_cell(target, **kwargs)


def test_a_built_cell_raises_an_error():
    cell = layers.GRUCell(2)
    cell.build((None, 6))
    with pytest.raises(ValueError, match="must be an unbuilt cell"):
        check_cell(cell)


def test_levels():
    core = {check.name for check in list_cell_checks("core")}
    assert core < {check.name for check in list_cell_checks("recommended")}
    with pytest.raises(ValueError, match="`level` must be"):
        list_cell_checks("all")
