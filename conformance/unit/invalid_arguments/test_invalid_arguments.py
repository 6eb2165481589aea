"""Every wrong call is told what was passed, what was expected and how to mend it."""

import inspect
from collections import Counter

import pytest

import datasets
import keras_seqext
import keras_seqext.testing

from . import datasets as loaders
from . import glove, hashing, pooling, recipes, recurrent, testing, text, windows
from .case import Case
from .runner import faults, outcome

BACKEND_FREE = [windows, text, glove, testing, loaders, recipes]
EACH_BACKEND = [hashing, pooling, recurrent]
CASES: list[Case] = [case for table in [*BACKEND_FREE, *EACH_BACKEND] for case in table.CASES]
PUBLIC = {"": keras_seqext, "testing.": keras_seqext.testing, "datasets.": datasets}
FEWEST_CASES = 250
MOST_A_BRANCH = 5


# What only functions of ours make, and nobody calls.
RESULTS = {
    "testing.Check",
    "testing.Comparison",
    "testing.Result",
    "datasets.CleaningReport",
    "datasets.SeriesData",
    "datasets.TextData",
    "datasets.TextReport",
}


def each_case(tables: list) -> pytest.MarkDecorator:
    cases = [case for table in tables for case in table.CASES]
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.id)


@pytest.mark.backend_free
@each_case(BACKEND_FREE)
def test_a_wrong_call_says_what_and_how_to_mend_it(case: Case) -> None:
    assert not faults(case), "\n".join(faults(case))


@each_case(EACH_BACKEND)
def test_a_wrong_call_of_a_layer_does_so_on_every_backend(case: Case) -> None:
    assert not faults(case), "\n".join(faults(case))


@pytest.mark.backend_free
def test_there_are_enough_cases_and_each_is_another_one() -> None:
    twice = [name for name, count in Counter(case.id for case in CASES).items() if count > 1]
    assert not twice
    assert len(CASES) >= FEWEST_CASES


@pytest.mark.backend_free
def test_no_argument_and_error_branch_fills_the_table() -> None:
    branches = Counter((c.name, c.argument, *outcome(c).origin[:2]) for c in CASES)
    assert max(branches.values()) <= MOST_A_BRANCH, branches.most_common(3)


def public_names() -> set[str]:
    """The classes and functions of the package, of its checks and of the loaders."""
    found = set()
    for prefix, module in PUBLIC.items():
        for name, value in vars(module).items():
            ours = getattr(value, "__module__", "").startswith(module.__name__)
            error = inspect.isclass(value) and issubclass(value, Exception)
            if ours and callable(value) and not name.startswith("_") and not error:
                found.add(prefix + name)
    return found


@pytest.mark.backend_free
def test_every_public_name_is_there() -> None:
    called = {case.name for case in CASES}
    called |= {name.rpartition(".")[0] for name in called}  # `Vocabulary` of `Vocabulary.fit`
    assert public_names() - called == RESULTS
    assert len(public_names()) > 40
