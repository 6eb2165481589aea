"""Error messages for invalid arguments have the value received, the expected value and a remedy."""

import inspect
from collections import Counter

import pytest

import datasets
import keras_seqext
import keras_seqext.testing

from . import datasets as loaders
from . import glove, hashing, pooling, recipes, recurrent, scalers, testing, text, windows
from .case import Case
from .runner import outcome, problems

BACKEND_FREE = [windows, scalers, text, glove, testing, loaders, recipes]
EACH_BACKEND = [hashing, pooling, recurrent]
CASES: list[Case] = [case for table in [*BACKEND_FREE, *EACH_BACKEND] for case in table.CASES]
PUBLIC = {"": keras_seqext, "testing.": keras_seqext.testing, "datasets.": datasets}
MIN_CASES = 250
MAX_CASES_PER_BRANCH = 5

# Classes that only functions of the package instantiate.
RESULTS = {
    "testing.Check",
    "testing.Comparison",
    "testing.Result",
    "datasets.CleaningReport",
    "datasets.DirtReport",  # former name of `CleaningReport`
    "datasets.SeriesData",
    "datasets.TextData",
    "datasets.TextReport",
}


def each_case(tables: list) -> pytest.MarkDecorator:
    cases = [case for table in tables for case in table.CASES]
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.id)


@pytest.mark.backend_free
@each_case(BACKEND_FREE)
def test_invalid_argument_raises_a_complete_message(case: Case) -> None:
    assert not problems(case), "\n".join(problems(case))


@each_case(EACH_BACKEND)
def test_invalid_argument_of_a_layer_raises_a_complete_message(case: Case) -> None:
    assert not problems(case), "\n".join(problems(case))


@pytest.mark.backend_free
def test_cases_are_unique_and_enough() -> None:
    duplicates = [name for name, count in Counter(case.id for case in CASES).items() if count > 1]
    assert not duplicates
    assert len(CASES) >= MIN_CASES


@pytest.mark.backend_free
def test_no_error_branch_has_too_many_cases() -> None:
    branches = Counter((c.name, c.argument, *outcome(c).origin[:2]) for c in CASES)
    assert max(branches.values()) <= MAX_CASES_PER_BRANCH, branches.most_common(3)


def public_names() -> set[str]:
    """Return the public classes and functions of the package, `testing` and `datasets`."""
    found = set()
    for prefix, module in PUBLIC.items():
        # A name of `testing` is loaded when it is first used, so `vars` may lack it.
        names = dir(module) if prefix == "testing." else list(vars(module))
        for name in names:
            value = getattr(module, name)
            internal = getattr(value, "__module__", "").startswith(module.__name__)
            error = inspect.isclass(value) and issubclass(value, Exception)
            if internal and callable(value) and not name.startswith("_") and not error:
                found.add(prefix + name)
    return found


@pytest.mark.backend_free
def test_every_public_name_has_a_case() -> None:
    called = {case.name for case in CASES}
    called |= {name.rpartition(".")[0] for name in called}  # `Vocabulary.fit` covers `Vocabulary`
    assert public_names() - called == RESULTS
    assert len(public_names()) > 40
