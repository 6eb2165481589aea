"""Every wrong call is told what was passed, what was expected and how to mend it."""

import inspect
from collections import Counter

import pytest

import datasets
import keras_seqext
import keras_seqext.testing

from . import windows
from .case import Case
from .runner import faults, outcome

TABLES = [windows]
CASES: list[Case] = [case for table in TABLES for case in table.CASES]
FEWEST_CASES = 250
MOST_A_BRANCH = 5


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_wrong_call_says_what_and_how_to_mend_it(case: Case) -> None:
    assert not faults(case), "\n".join(faults(case))


def test_there_are_enough_cases_and_each_is_another_one() -> None:
    twice = [name for name, count in Counter(case.id for case in CASES).items() if count > 1]
    assert not twice
    assert len(CASES) >= FEWEST_CASES


def test_no_argument_and_error_branch_fills_the_table() -> None:
    branches = Counter((c.name, c.argument, *outcome(c).origin[:2]) for c in CASES)
    assert max(branches.values()) <= MOST_A_BRANCH, branches.most_common(3)


def public_names() -> set[str]:
    """What can be called wrongly: classes and functions, not the errors that checks raise."""
    found = set()
    for module, prefix in (
        (keras_seqext, ""),
        (keras_seqext.testing, "testing."),
        (datasets, "datasets."),
    ):
        for name, value in vars(module).items():
            called = inspect.isclass(value) or inspect.isfunction(value)
            if (
                called
                and not name.startswith("_")
                and not (inspect.isclass(value) and issubclass(value, Exception))
            ):
                found.add(prefix + name)
    return found


def test_every_public_name_is_there() -> None:
    missing = (
        public_names()
        - {case.name for case in CASES}
        - {case.name.rpartition(".")[0] for case in CASES}
    )
    assert not missing
