"""One pytest item a check, a sample and a layer."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_integer, wrong_type
from keras_seqext.testing.core.case import LayerCase, Sample, Traits, require_maker
from keras_seqext.testing.core.registry import LEVELS, Check
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.run.check_layer import chosen_checks
from keras_seqext.testing.run.runner import CaseRun, in_order

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def parametrize_layer_checks(
    cases: Sequence[Any],
    *,
    level: str = "recommended",
    checks: Sequence[str] | None = None,
    input_shape: Any = None,
    input_dtype: str = "float32",
    seed: int = 0,
) -> Decorator:
    """Makes a test function run once a layer, sample and check, with arguments `case` and `check`.

    An item is called like `test_layer[MyConv/input|mask_values]` and carries the marker
    `layer_check(name=..., level=...)`.

    Args:
        cases: `LayerCase`s, layers, layer classes or functions that return a layer.
        level: `"core"`, `"recommended"` or `"strict"`, each with those before;
            `--layer-checks-level` overrides it.
        checks: Names of the checks to run, with what they depend on; all by default.
        input_shape: What to feed the cases that have no samples, batch included.
        input_dtype: Of that input.
        seed: Of inputs and weights; `--layer-checks-seed` overrides it.

    Returns:
        A decorator. The function is `def test_layer(case, check): check(case)`.

    >>> import keras
    >>> @parametrize_layer_checks([keras.layers.Dense(3)], input_shape=(4, 7, 6))
    ... def test_layer(case, check):
    ...     check(case)
    """
    import pytest

    from keras_seqext.testing.pytest_plugin import Settings

    if isinstance(cases, (str, LayerCase)) or not isinstance(cases, Sequence):
        raise wrong_type("cases", cases, "a list of layers or LayerCases", "Pass e.g. [MyLayer].")
    for case in cases:
        require_maker(case.make if isinstance(case, LayerCase) else case, "cases")
    checked_choice("level", level, LEVELS)
    seed = checked_integer("seed", seed, 0)
    settings = Settings.of_session(level, seed)
    chosen = in_order(chosen_checks(settings.level, checks))
    parameters = []
    for case in _named_cases(cases, _target(cases)):
        case = replace(case, expected_failures=settings.expected(case))
        for sample in _samples(case, input_shape, input_dtype):
            run = CaseRun(case, sample, settings.seed)
            for check in chosen:
                parameters.append(
                    pytest.param(
                        case,
                        BoundCheck(run, check, settings.strict_na),
                        id=f"{case.label}/{sample.name}|{check.name}",
                        marks=settings.marks(check),
                    )
                )
    return pytest.mark.parametrize(("case", "check"), parameters)


class BoundCheck:
    """A check with the layer and the sample that it is about.

    Args:
        run: Remembers the results, so that what depends on a failed check is not run.
        check: What to check.
        strict_na: Whether a declared trait that switches off a core check is a failure.
    """

    def __init__(self, run: CaseRun, check: Check, strict_na: bool = False) -> None:
        self.run, self.check, self.strict_na = run, check, strict_na
        self.result: Result | None = None

    def __call__(self, case: LayerCase) -> None:
        """Runs the check in a pytest item: fails, skips or does nothing."""
        import pytest

        run = self.run
        if case is not run.case:  # the test function has changed it
            run = CaseRun(case, run.sample, run.seed)
        self.result = result = run.result(self.check)
        if self.strict_na and self.check.level == "core" and result.status == "not_applicable":
            self.result = result = self._without_excuse(run, result)
        if result.status == "failed":
            pytest.fail(result.message, pytrace=False)
        if result.status == "expected":
            pytest.xfail(result.message.splitlines()[0])
        if result.status != "passed":
            pytest.skip(f"{result.status.replace('_', ' ')}: {result.message}")

    @property
    def content(self) -> dict[str, Any] | None:
        """The result with the name of the case, for a report in another process."""
        if self.result is None:
            return None
        return {"case": self.run.case.label, "result": asdict(self.result)}

    def __repr__(self) -> str:
        return f"<check {self.check.name} of {self.run.case.label}>"

    def _without_excuse(self, run: CaseRun, result: Result) -> Result:
        """A failure if the check would have something to say had no trait been declared."""
        declared = run.case.traits.declared()
        if not declared:
            return result
        bare = CaseRun(replace(run.case, traits=Traits()), run.sample, run.seed)
        if bare.result(self.check).status == "not_applicable":
            return result
        said = ", ".join(f"{name}={value}" for name, value in declared.items())
        return replace(
            result,
            status="failed",
            message=f"{self.check.name} is a core check, and it is switched off by what "
            f"{run.case.label} declares ({said}): {result.message}",
        )


def _named_cases(cases: Sequence[Any], target: str | None) -> list[LayerCase]:
    """As cases with names that differ, and the place that their repro lines name."""
    seen: dict[str, int] = {}
    found = []
    for each in cases:
        case = each if isinstance(each, LayerCase) else LayerCase(each)
        seen[case.label] = count = seen.get(case.label, 0) + 1
        name = case.label if count == 1 else f"{case.label}-{count}"
        found.append(replace(case, name=name, target=case.target or target))
    return found


def _samples(case: LayerCase, shape: Any, dtype: str) -> list[Sample]:
    if case.samples:
        return list(case.samples)
    if shape is None:
        raise ValueError(
            f"nothing to feed {case.label} with. Received: `input_shape`=None. Give the LayerCase "
            "`samples`, or pass `input_shape`, batch included, such as (4, 7, 6)."
        )
    return [Sample(shape=shape, dtype=dtype)]


def _target(cases: Sequence[Any]) -> str | None:
    """`tests/test_layers.py:CASES`, if the list has a name in the calling module."""
    names = sys._getframe(2).f_globals
    name = next((name for name, value in names.items() if value is cases), None)
    file = names.get("__file__")
    if name is None or file is None:
        return None
    path = Path(file).resolve()
    here = Path(os.getcwd()).resolve()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}:{name}"
