"""`check_dataset` finds what is wrong with a dataset, and nothing wrong with a good one."""

import json

import numpy as np
import pytest

from keras_seqext.testing import DatasetCheckError, Report, check_dataset, list_dataset_checks

from . import datasets
from .datasets import ROWS, key, window_key, windows

LIGHT = [check.name for check in list_dataset_checks() if check.cost != "slow"]

GOOD = {
    "Good": (datasets.Good, {"key": key, "num_samples": ROWS}),
    "without a key": (datasets.Good, {}),
    "Augmented": (datasets.Augmented, {"key": key, "random": True}),
    "Augmented without a key": (datasets.Augmented, {"random": True}),
    "DropsLast": (datasets.DropsLast, {"key": key, "drops": True}),
    "Dicts": (datasets.Dicts, {"num_samples": ROWS}),
    "InputsAlone": (datasets.InputsAlone, {"key": key}),
    "Endless": (datasets.Endless, {"max_batches": 7}),
    "Caching": (datasets.Caching, {"key": key}),
    "a part of it": (datasets.Good, {"max_batches": 3}),
    "NaN allowed": (datasets.HasNaN, {"finite": False}),
    "windows": (windows(), {"key": window_key}),
    "windows shuffled": (windows(shuffle=True, seed=3), {"key": window_key}),
    "windows, seed drawn": (windows(shuffle=True), {"key": window_key}),
    "windows, 3 workers": (windows(shuffle=True, seed=3, workers=3), {"key": window_key}),
    "windows, whole batches": (
        windows(shuffle=True, seed=3, drop_remainder=True),
        {"key": window_key, "drops": True},
    ),
    "windows, mask": (windows(missing="mask", horizon=2), {"key": window_key}),
}


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_wrong_with_a_good_dataset(name):
    make, options = GOOD[name]
    expected = {}
    if name.startswith("Augmented"):
        expected = {"reproducible": "noise from the system's entropy"}
    report = check_dataset(
        make, level="strict", checks=LIGHT, expected_failures=expected, on_fail="collect", **options
    )
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert len(report.passed) >= 8
    assert all(result.message for result in report.not_applicable)


# What each has to be caught by, and what else may notice it.
BAD = {
    "ShufflesInPlace": ("same_batch_twice", {"every_sample_once"}),
    "ShufflesAtTheEnd": ("same_batch_twice", {"index_errors", "every_sample_once"}),
    "ShufflesGoingBack": ("order_of_access", {"index_errors"}),
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
    "Unending": ("index_errors", set()),
    "WrongError": ("index_errors", set()),
    "Views": ("owned_memory", set()),
    "OneBuffer": ("batch_kept", {"owned_memory", "threads", "keras_loop"}),
    "ShufflesItsData": ("batch_kept", {"owned_memory"}),
    "Replacement": ("every_sample_once", {"phantom_passes", "keras_loop"}),
    "Overlaps": ("every_sample_once", {"phantom_passes", "batch_sizes", "keras_loop"}),
    "LosesSamples": ("every_sample_once", {"phantom_passes", "keras_loop"}),
    "MovesOn": ("phantom_passes", {"every_sample_once", "keras_loop"}),
    "NeedsBegin": ("phantom_passes", {"batch_structure", "keras_loop", "every_sample_once"}),
    "Drifts": ("same_sample_each_epoch", {"keras_loop"}),
    "ShufflesInputsAlone": ("same_sample_each_epoch", set()),
    "MixedTypes": ("batch_structure", set()),
    "MixedRows": ("batch_structure", set()),
    "ReturnsList": ("batch_structure", set()),
    "SometimesWeighs": ("batch_structure", set()),
    "HasNaN": ("finite_values", {"keras_loop"}),
    "SmallFirst": ("batch_sizes", set()),
    "GlobalShuffle": ("no_global_random", {"reproducible"}),
    "PythonNoise": (
        "no_global_random",
        {"same_batch_twice", "same_sample_each_epoch", "reproducible", "index_errors"},
    ),
    "Entropy": ("reproducible", set()),
    "KeepsRows": ("threads", {"keras_loop"}),
    "LazyOrder": ("threads", {"keras_loop", "batch_kept"}),
    "Unpicklable": ("pickle_dataset", {"processes"}),
    "ForgetsEpoch": ("pickle_dataset", {"processes", "deepcopy_dataset"}),
    "Hoards": ("memory_growth", set()),
    "Unreadable": ("keras_loop", set()),
}


@pytest.mark.parametrize("name", BAD)
def test_a_broken_dataset_is_caught_by_its_check_and_its_kin(name):
    check, kin = BAD[name]
    make = getattr(datasets, name)
    wanted = {"num_samples": ROWS} if name == "TooShort" else {}
    report = check_dataset(make, key=key, checks=LIGHT, on_fail="collect", **wanted)
    failed = {result.name for result in report.failed}
    blocked = {result.name for result in report.blocked}
    assert check in failed | (blocked if "length" in failed else set()), report.to_markdown()
    assert failed <= {check, *kin}, "\n\n".join(result.message for result in report.failed)


@pytest.mark.parametrize("name", ["Replacement", "LosesSamples", "MovesOn", "Drifts"])
def test_samples_are_told_apart_by_their_values_without_a_key(name):
    report = check_dataset(getattr(datasets, name), checks=LIGHT, on_fail="collect")
    assert {"every_sample_once", "phantom_passes"} & {result.name for result in report.failed}


@pytest.mark.timeout(600)  # a new process imports Keras and its backend
def test_another_process_reads_the_same():
    report = check_dataset(windows(shuffle=True, seed=3), checks=["processes"])
    assert report.passed[-1].name == "processes"


@pytest.mark.timeout(600)
def test_what_differs_in_another_process_is_caught():
    report = check_dataset(datasets.HashesText, checks=["processes"], on_fail="collect")
    assert [result.name for result in report.failed] == ["processes"]
    assert "in another process" in report.failed[0].message


def test_every_check_has_a_broken_dataset():
    caught = {check for check, _ in BAD.values()} | {"processes", "deepcopy_dataset", "length"}
    assert {check.name for check in list_dataset_checks()} == caught


class SharedByCopy(datasets.Good):
    """A copy that is the dataset itself."""

    def __deepcopy__(self, memo):
        return self


def test_a_copy_that_shares_is_caught():
    report = check_dataset(SharedByCopy, checks=["deepcopy_dataset"], on_fail="collect")
    assert [result.name for result in report.failed] == ["deepcopy_dataset"]


def test_a_failure_raises_and_says_what_where_and_why():
    with pytest.raises(DatasetCheckError, match="owned_memory FAILED  Views") as caught:
        check_dataset(datasets.Views, key=key, checks=["owned_memory"])
    (failure,) = caught.value.report.failed
    for part in ("batch 0 read twice is the same memory", "Why it matters:", "Usual causes:"):
        assert part in failure.message
    assert "check_dataset(Views, checks=['owned_memory'], seed=0)" in failure.message


def test_the_report_is_the_same_kind_as_that_of_layers():
    report = check_dataset(datasets.Good, checks=["length", "finite_values"], name="numbers")
    assert isinstance(report, Report) and report.case == "numbers"
    assert json.loads(report.to_json())["results"][0]["name"] == "length"
    assert Report.from_json(report.to_json()) == report
    assert "numbers" in report.to_markdown() and "<table>" in report.to_html()


def test_expected_failures_are_strict():
    report = check_dataset(
        datasets.Views, checks=["owned_memory"], expected_failures={"owned_memory": "views wanted"}
    )
    assert [result.name for result in report.expected] == ["owned_memory"]
    with pytest.raises(DatasetCheckError, match="take it out of"):
        check_dataset(
            datasets.Good, checks=["owned_memory"], expected_failures={"owned_memory": "views"}
        )


def test_what_is_declared_stands_in_the_report():
    report = check_dataset(datasets.HasNaN, finite=False, checks=["finite_values"])
    assert report.header["declared_traits"] == {"finite": "False"}
    assert report.not_applicable[-1].message == "declared: finite=False"


def test_something_else_than_a_dataset_is_named():
    report = check_dataset(lambda: np.zeros(3), checks=["length"], on_fail="collect")
    assert "must return a keras.utils.PyDataset" in report.failed[0].message


def test_a_key_that_does_not_name_each_sample_is_told():
    report = check_dataset(
        datasets.Good, key=lambda batch: [1], checks=["every_sample_once"], on_fail="collect"
    )
    assert "`key` named 1 samples of a batch that has 4" in report.failed[-1].message
