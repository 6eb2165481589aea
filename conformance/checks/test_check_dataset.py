"""Tests of `check_dataset`: correct datasets pass, broken datasets fail the expected check."""

import json

import numpy as np
import pytest

from keras_seqext.testing import DatasetCheckError, Report, check_dataset, list_dataset_checks

from . import datasets
from .datasets import ROWS, key, window_key, windows

FAST = [check.name for check in list_dataset_checks() if check.cost != "slow"]

CORRECT = {
    "Correct": (datasets.Correct, {"key": key, "num_samples": ROWS}),
    "without a key": (datasets.Correct, {}),
    "Augmented": (datasets.Augmented, {"key": key, "random": True}),
    "Augmented without a key": (datasets.Augmented, {"random": True}),
    "DropsLast": (datasets.DropsLast, {"key": key, "drops": True}),
    "Dicts": (datasets.Dicts, {"num_samples": ROWS}),
    "InputsOnly": (datasets.InputsOnly, {"key": key}),
    "Endless": (datasets.Endless, {"max_batches": 7}),
    "Caching": (datasets.Caching, {"key": key}),
    "more batches than max_batches": (datasets.Correct, {"max_batches": 3}),
    "NaN allowed": (datasets.HasNaN, {"finite": False}),
    "windows": (windows(), {"key": window_key}),
    "windows, shuffled": (windows(shuffle=True, seed=3), {"key": window_key}),
    "windows, random seed": (windows(shuffle=True), {"key": window_key}),
    "windows, 3 workers": (windows(shuffle=True, seed=3, workers=3), {"key": window_key}),
    "windows, full batches": (
        windows(shuffle=True, seed=3, drop_remainder=True),
        {"key": window_key, "drops": True},
    ),
    "windows, mask": (windows(missing="mask", horizon=2), {"key": window_key}),
}


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_dataset_passes(name):
    make, options = CORRECT[name]
    expected = {}
    if name.startswith("Augmented"):
        expected = {"reproducible": "noise without a seed"}
    report = check_dataset(
        make, level="strict", checks=FAST, expected_failures=expected, on_fail="collect", **options
    )
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert len(report.passed) >= 8
    assert all(result.message for result in report.not_applicable)


# The check that must fail, and other checks that may fail too.
BROKEN = {
    "ShufflesInPlace": ("same_batch_twice", {"every_sample_once"}),
    "ShufflesAfterLastBatch": ("same_batch_twice", {"index_errors", "every_sample_once"}),
    "ShufflesOnSmallerIndex": ("order_of_access", {"index_errors"}),
    "Iterates": (
        "same_batch_twice",
        {"index_errors", "batch_sizes", "phantom_passes", "reproducible"}
        | {"every_sample_once", "same_sample_each_epoch"},
    ),
    "TooLong": ("batch_structure", {"length"}),
    "CountsSamples": ("batch_structure", set()),
    "TooShort": ("every_sample_once", {"length", "phantom_passes"}),
    "FloatLength": ("length", set()),
    "NoSuper": ("length", set()),
    "NoIndexError": ("index_errors", set()),
    "WrongError": ("index_errors", set()),
    "Views": ("owned_memory", set()),
    "OneBuffer": ("batch_kept", {"owned_memory", "threads", "keras_loop"}),
    "ShufflesItsData": ("batch_kept", {"owned_memory"}),
    "Replacement": ("every_sample_once", {"phantom_passes", "keras_loop"}),
    "Overlaps": ("every_sample_once", {"phantom_passes", "batch_sizes", "keras_loop"}),
    "LosesSamples": ("every_sample_once", {"phantom_passes", "keras_loop"}),
    "SkipsAfterPartialPass": ("phantom_passes", {"every_sample_once", "keras_loop"}),
    "NeedsBegin": ("phantom_passes", {"batch_structure", "keras_loop", "every_sample_once"}),
    "Drifts": ("same_sample_each_epoch", {"keras_loop"}),
    "ShufflesOnlyInputs": ("same_sample_each_epoch", set()),
    "MixedTypes": ("batch_structure", set()),
    "MixedRows": ("batch_structure", set()),
    "ReturnsList": ("batch_structure", set()),
    "SometimesWeights": ("batch_structure", set()),
    "HasNaN": ("finite_values", {"keras_loop"}),
    "SmallFirst": ("batch_sizes", set()),
    "GlobalShuffle": ("no_global_random", {"reproducible"}),
    "PythonNoise": (
        "no_global_random",
        {"same_batch_twice", "same_sample_each_epoch", "reproducible", "index_errors"},
    ),
    "Entropy": ("reproducible", set()),
    "SharesRows": ("threads", {"keras_loop"}),
    "LazyOrder": ("threads", {"keras_loop", "batch_kept"}),
    "Unpicklable": ("pickle_dataset", {"processes"}),
    "ForgetsEpoch": ("pickle_dataset", {"processes", "deepcopy_dataset"}),
    "GrowsInMemory": ("memory_growth", set()),
    "UnsupportedDtype": ("keras_loop", set()),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_dataset_fails_only_the_expected_checks(name):
    check, also_fails = BROKEN[name]
    make = getattr(datasets, name)
    options = {"num_samples": ROWS} if name == "TooShort" else {}
    report = check_dataset(make, key=key, checks=FAST, on_fail="collect", **options)
    failed = {result.name for result in report.failed}
    blocked = {result.name for result in report.blocked}
    assert check in failed | (blocked if "length" in failed else set()), report.to_markdown()
    assert failed <= {check, *also_fails}, "\n\n".join(result.message for result in report.failed)


@pytest.mark.parametrize("name", ["Replacement", "LosesSamples", "SkipsAfterPartialPass", "Drifts"])
def test_samples_are_identified_by_their_values_without_a_key(name):
    report = check_dataset(getattr(datasets, name), checks=FAST, on_fail="collect")
    assert {"every_sample_once", "phantom_passes"} & {result.name for result in report.failed}


@pytest.mark.timeout(600)  # a new process imports Keras and its backend
def test_another_process_reads_the_same_batches():
    report = check_dataset(windows(shuffle=True, seed=3), checks=["processes"])
    assert report.passed[-1].name == "processes"


@pytest.mark.timeout(600)
def test_other_batches_in_another_process_are_a_failure():
    report = check_dataset(datasets.HashesText, checks=["processes"], on_fail="collect")
    assert [result.name for result in report.failed] == ["processes"]
    assert "in another process" in report.failed[0].message


def test_every_check_has_a_broken_dataset():
    caught = {check for check, _ in BROKEN.values()} | {"processes", "deepcopy_dataset", "length"}
    assert {check.name for check in list_dataset_checks()} == caught


class SharedByCopy(datasets.Correct):
    """A copy is the same object."""

    def __deepcopy__(self, memo):
        return self


def test_a_copy_that_is_the_same_object_is_a_failure():
    report = check_dataset(SharedByCopy, checks=["deepcopy_dataset"], on_fail="collect")
    assert [result.name for result in report.failed] == ["deepcopy_dataset"]


def test_the_error_has_finding_reason_and_reproduction():
    with pytest.raises(DatasetCheckError, match="owned_memory FAILED  Views") as caught:
        check_dataset(datasets.Views, key=key, checks=["owned_memory"])
    (failure,) = caught.value.report.failed
    for part in ("two reads of batch 0 return the same memory", "Why it matters:", "Usual causes:"):
        assert part in failure.message
    assert "check_dataset(Views, checks=['owned_memory'], seed=0)" in failure.message


def test_the_report_has_the_format_of_layer_reports():
    report = check_dataset(datasets.Correct, checks=["length", "finite_values"], name="numbers")
    assert isinstance(report, Report) and report.case == "numbers"
    assert json.loads(report.to_json())["results"][0]["name"] == "length"
    assert Report.from_json(report.to_json()) == report
    assert "numbers" in report.to_markdown() and "<table>" in report.to_html()


def test_an_expected_failure_that_passes_is_a_failure():
    report = check_dataset(
        datasets.Views, checks=["owned_memory"], expected_failures={"owned_memory": "views wanted"}
    )
    assert [result.name for result in report.expected] == ["owned_memory"]
    with pytest.raises(DatasetCheckError, match="remove 'owned_memory' from"):
        check_dataset(
            datasets.Correct, checks=["owned_memory"], expected_failures={"owned_memory": "views"}
        )


def test_declared_properties_are_in_the_report():
    report = check_dataset(datasets.HasNaN, finite=False, checks=["finite_values"])
    assert report.header["declared_traits"] == {"finite": "False"}
    assert report.not_applicable[-1].message == "declared: finite=False"


def test_an_object_that_is_not_a_dataset_is_a_failure():
    report = check_dataset(lambda: np.zeros(3), checks=["length"], on_fail="collect")
    assert "must return a keras.utils.PyDataset" in report.failed[0].message


def test_a_key_without_an_identifier_per_sample_is_a_failure():
    report = check_dataset(
        datasets.Correct, key=lambda batch: [1], checks=["every_sample_once"], on_fail="collect"
    )
    assert "`key` returned 1 identifiers for a batch of 4 samples" in report.failed[-1].message
