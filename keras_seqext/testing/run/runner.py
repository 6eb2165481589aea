"""Running checks on one case, gates first."""

import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.case import LayerCase, Sample, Traits
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, Skipped
from keras_seqext.testing.core.registry import LAYER_CHECKS, Check
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.core.versions import header
from keras_seqext.testing.helpers.global_settings import preserved_settings
from keras_seqext.testing.report.report import Report

from .failure_message import failure_message
from .trait_probe import probe

Progress = Callable[[Check, int, int], None]


def run_checks(
    case: LayerCase,
    sample: Sample,
    checks: Iterable[Check],
    seed: int,
    progress: Progress | None = None,
) -> Report:
    """Every check on one case and one sample.

    Args:
        case: What is under test.
        sample: What it is fed.
        checks: In any order; gates come first.
        seed: Of inputs and weights.
        progress: Called before each check with it, its number and how many there are.
    """
    run = CaseRun(case, sample, seed)
    ordered = in_order(list(checks))
    report = Report(case.label, [], run.header)
    for number, check in enumerate(ordered):
        if progress is not None:
            progress(check, number, len(ordered))
        report.results.append(run.result(check))
    return report


class CaseRun:
    """The checks of one case on one sample, each run once, when it is asked for.

    Args:
        case: What is under test.
        sample: What it is fed.
        seed: Of inputs and weights.
    """

    def __init__(self, case: LayerCase, sample: Sample, seed: int) -> None:
        self.case, self.sample, self.seed = case, sample, seed
        self._results: dict[str, Result] = {}
        self._cache: dict[str, Any] = {}

    @cached_property
    def traits(self) -> Traits:
        """The traits of the case, what was not declared found out by trying."""
        with preserved_settings():
            warnings.simplefilter("ignore")
            return probe(self.case, self.sample, self.seed)

    @cached_property
    def header(self) -> dict[str, Any]:
        """The head of a report."""
        return header(self.case, self.sample, self.traits, self.seed)

    def result(self, check: Check) -> Result:
        """What came of a check; the checks it depends on are run before."""
        if check.name not in self._results:
            gates = [LAYER_CHECKS[name] for name in check.after if name in LAYER_CHECKS]
            statuses = {gate.name: self.result(gate).status for gate in gates}
            self._results[check.name] = self._run(check, statuses)
        return self._results[check.name]

    def _run(self, check: Check, statuses: dict[str, str]) -> Result:
        import keras

        context = Context(self.case, self.sample, self.traits, self.seed, check.name, self._cache)
        begin = time.perf_counter()
        status, message = _run_one(check, context, statuses)
        if check.name in self.case.expected_failures:
            reason = self.case.expected_failures[check.name]
            status, message = as_expected(status, message, reason)
        seconds = round(time.perf_counter() - begin, 4)
        backend = keras.backend.backend()
        return Result(
            check.name,
            status,
            message,
            seconds,
            check.level,
            check.module,
            backend,
            self.sample.name,
        )


def in_order(checks: list[Check]) -> list[Check]:
    """The checks so that each follows those it depends on, else as they are listed."""
    by_name = {check.name: check for check in checks}
    done: dict[str, Check] = {}

    def visit(check: Check) -> None:
        if check.name in done:
            return
        for name in check.after:
            if name in by_name:
                visit(by_name[name])
        done[check.name] = check

    for check in checks:
        visit(check)
    return list(done.values())


def _run_one(check: Check, context: Context, statuses: dict[str, str]) -> tuple[str, str]:
    if found := blocked(check, statuses):
        return found
    if check.backends and context.backend not in check.backends:
        return "not_applicable", f"runs on {', '.join(check.backends)}"
    for trait in check.needs:
        if not getattr(context.traits, trait):
            return "not_applicable", f"the layer has no trait {trait}"
    return outcome(check, context, lambda finding: failure_message(check, context, finding))


def blocked(check: Check, statuses: Mapping[str, str]) -> tuple[str, str] | None:
    """Status and message if a check it depends on did not pass; `statuses` are by check."""
    for name in check.after:
        if statuses.get(name) in ("failed", "blocked", "expected"):
            return "blocked", f"needs {name}, which did not pass"
    return None


def outcome(check: Check, context: Any, message: Callable[[str], str]) -> tuple[str, str]:
    """Status and message of a check run on a context; `message` words a finding."""
    try:
        with preserved_settings():
            warnings.simplefilter("ignore")
            check.run(context)
    except NotApplicable as reason:
        return "not_applicable", str(reason)
    except Skipped as reason:
        return "skipped", str(reason)
    except CheckFailure as failure:
        return "failed", message(str(failure))
    except Exception as error:
        return "failed", message(
            f"{type(error).__name__}: {_first_lines(str(error))}{_where(error)}"
        )
    return "passed", ""


def as_expected(status: str, message: str, reason: str) -> tuple[str, str]:
    """Status and message of a check that is expected to fail."""
    if status in ("failed", "blocked"):
        return "expected", f"expected: {reason}\n{message}"
    if status == "passed":
        return "failed", (
            f"expected to fail ({reason}) and passed: take it out of the expected failures"
        )
    return status, message


def _first_lines(text: str, count: int = 6) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n  ".join(lines[:count])


def _where(error: BaseException) -> str:
    """The innermost line that is neither ours nor that of a library."""
    frames: list[Any] = traceback.extract_tb(error.__traceback__)
    foreign = [f for f in frames if "keras_seqext" not in f.filename]
    if not foreign:
        return ""
    return f"\n  at {foreign[-1].filename.rsplit('/', 1)[-1]}:{foreign[-1].lineno}"
