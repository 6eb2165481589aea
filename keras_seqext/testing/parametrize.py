"""Pytest items of layer checks: one per layer, sample and check."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_integer, wrong_type
from keras_seqext.testing.core.case import LayerCase, Traits, with_unique_names
from keras_seqext.testing.core.maker import require_maker
from keras_seqext.testing.core.registry import LEVELS, Check
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.run.check_layer import samples_of
from keras_seqext.testing.run.layer_run import LayerRun
from keras_seqext.testing.run.selection import select_checks, sort_by_dependency

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
    """Parametrize a test function with `case` and `check`, one item per layer, sample and check.

    The name of an item is like `test_layer[MyConv/input|mask_values]`, and its marker is
    `layer_check(name=..., level=...)`.

    Args:
        cases: `LayerCase` objects, layers, layer classes or functions that return a layer.
        level: `"core"`, `"recommended"` or `"strict"`; each level includes the lower ones.
            `--layer-checks-level` overrides it.
        checks: Names of checks to run, instead of a level. The checks that they need run too.
        input_shape: Input shape, including the batch, of the cases without samples.
        input_dtype: Dtype of that input.
        seed: Seed of inputs and weights; `--layer-checks-seed` overrides it.

    Returns:
        A decorator for `def test_layer(case, check): check(case)`.

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
    selected = sort_by_dependency(select_checks(settings.level, checks))
    parameters = []
    target = _target(cases)
    for case in with_unique_names([_as_case(each) for each in cases]):
        case = replace(
            case, target=case.target or target, expected_failures=settings.expected(case)
        )
        shape = None if case.samples else input_shape
        for sample in samples_of(case, shape, input_dtype):
            run = LayerRun(case, sample, settings.seed)
            for check in selected:
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
    """A check of one layer and sample.

    Args:
        run: Results so far, so that a check is blocked if a check that it needs failed.
        check: The check.
        strict_na: Whether a declared trait that disables a core check is a failure.
    """

    def __init__(self, run: LayerRun, check: Check, strict_na: bool = False) -> None:
        self.run, self.check, self.strict_na = run, check, strict_na
        self.result: Result | None = None

    def __call__(self, case: LayerCase) -> None:
        """Run the check in a pytest item, which fails, is skipped or passes."""
        import pytest

        run = self.run
        if case is not run.case:  # the test function passed another case
            run = LayerRun(case, run.sample, run.seed)
        self.result = result = run.result(self.check)
        if self.strict_na and self.check.level == "core" and result.status == "not_applicable":
            self.result = result = self._without_traits(run, result)
        if result.status == "failed":
            pytest.fail(result.message, pytrace=False)
        if result.status == "expected":
            pytest.xfail(result.message.splitlines()[0])
        if result.status != "passed":
            pytest.skip(f"{result.status.replace('_', ' ')}: {result.message}")

    @property
    def content(self) -> dict[str, Any] | None:
        """Result and name of the case, for a report in another process."""
        if self.result is None:
            return None
        return {"case": self.run.case.label, "result": asdict(self.result)}

    def __repr__(self) -> str:
        return f"<check {self.check.name} of {self.run.case.label}>"

    def _without_traits(self, run: LayerRun, result: Result) -> Result:
        """Return a failure if the check applies to the layer without its declared traits."""
        declared = run.case.traits.declared()
        if not declared:
            return result
        undeclared = LayerRun(replace(run.case, traits=Traits()), run.sample, run.seed)
        if undeclared.result(self.check).status == "not_applicable":
            return result
        traits = ", ".join(f"{name}={value}" for name, value in declared.items())
        return replace(
            result,
            status="failed",
            message=f"{self.check.name} is a core check, which is disabled by the traits that "
            f"{run.case.label} declares ({traits}): {result.message}",
        )


def _as_case(case: Any) -> LayerCase:
    return case if isinstance(case, LayerCase) else LayerCase(case)


def _target(cases: Sequence[Any]) -> str | None:
    """Return `tests/test_layers.py:CASES` if the list has a name in the calling module."""
    names = sys._getframe(2).f_globals
    name = next((name for name, value in names.items() if value is cases), None)
    file = names.get("__file__")
    if name is None or file is None:
        return None
    path = Path(file).resolve()
    here = Path(os.getcwd()).resolve()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}:{name}"
