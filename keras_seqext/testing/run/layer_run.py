"""Checks of a layer: one case, one sample, one seed."""

import warnings
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.case import LayerCase, Sample, Traits
from keras_seqext.testing.core.registry import LAYER_CHECKS, Check
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.core.versions import header
from keras_seqext.testing.helpers.global_settings import preserved_settings
from keras_seqext.testing.report.report import Report

from .failure_message import failure_message
from .reproduction import reproduce_command
from .runner import run_check
from .selection import sort_by_dependency
from .trait_inference import infer_traits

Progress = Callable[[Check, int, int], None]


def run_layer_checks(
    case: LayerCase,
    sample: Sample,
    checks: Iterable[Check],
    seed: int,
    progress: Progress | None = None,
) -> Report:
    """Run checks on one case and one sample.

    Args:
        case: Layer under test.
        sample: Inputs of the layer.
        checks: Checks in any order.
        seed: Seed of inputs and weights.
        progress: Called before each check with the check, its index and the number of checks.
    """
    run = LayerRun(case, sample, seed)
    ordered = sort_by_dependency(checks)
    report = Report(case.label, [], run.header)
    for number, check in enumerate(ordered):
        if progress is not None:
            progress(check, number, len(ordered))
        report.results.append(run.result(check))
    return report


class LayerRun:
    """Results of the checks of one case on one sample; each check runs once, on request.

    Args:
        case: Layer under test.
        sample: Inputs of the layer.
        seed: Seed of inputs and weights.
    """

    def __init__(self, case: LayerCase, sample: Sample, seed: int) -> None:
        self.case, self.sample, self.seed = case, sample, seed
        self._results: dict[str, Result] = {}
        self._cache: dict[str, Any] = {}

    @cached_property
    def traits(self) -> Traits:
        """Traits of the case, including inferred ones."""
        with preserved_settings():
            warnings.simplefilter("ignore")
            return infer_traits(self.case, self.sample, self.seed)

    @cached_property
    def header(self) -> dict[str, Any]:
        """Header of the report."""
        return header(self.case, self.sample, self.traits, self.seed)

    def result(self, check: Check) -> Result:
        """Return the result of a check; the checks that it needs run first."""
        if check.name not in self._results:
            needed = [LAYER_CHECKS[name] for name in check.after if name in LAYER_CHECKS]
            statuses = {each.name: self.result(each).status for each in needed}
            self._results[check.name] = self._run(check, statuses)
        return self._results[check.name]

    def _run(self, check: Check, statuses: dict[str, str]) -> Result:
        context = Context(self.case, self.sample, self.traits, self.seed, check.name, self._cache)

        def message(finding: str) -> str:
            return failure_message(
                check,
                finding,
                label=self.case.label,
                details=f"sample={self.sample.name} seed={self.seed}",
                backend=context.backend,
                reproduce=reproduce_command(check.name, context),
            )

        return run_check(
            check,
            context,
            statuses=statuses,
            expected_failures=self.case.expected_failures,
            sample=self.sample.name,
            message=message,
        )
