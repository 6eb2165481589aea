"""Running checks on one case, gates first."""

import time
import traceback
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from ._case import LayerCase, Sample
from ._context import Context
from ._failure import CheckFailure, NotApplicable, Skipped
from ._messages import failure_message
from ._probe import probe
from ._registry import Check
from ._result import Report, Result
from ._versions import header

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
    import keras

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traits = probe(case, sample, seed)
    ordered = in_order(list(checks))
    report = Report(case.label, [], header(case, sample, traits, seed))
    outcome: dict[str, str] = {}
    for number, check in enumerate(ordered):
        if progress is not None:
            progress(check, number, len(ordered))
        begin = time.perf_counter()
        status, message = _run_one(check, Context(case, sample, traits, seed, check.name), outcome)
        if check.name in case.expected_failures:
            status, message = _as_expected(status, message, case.expected_failures[check.name])
        outcome[check.name] = status
        seconds = round(time.perf_counter() - begin, 4)
        backend = keras.backend.backend()
        report.results.append(
            Result(check.name, status, message, seconds, check.level, check.module, backend)
        )
    return report


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


def _run_one(check: Check, context: Context, outcome: dict[str, str]) -> tuple[str, str]:
    for name in check.after:
        if outcome.get(name) in ("failed", "blocked", "expected"):
            return "blocked", f"needs {name}, which did not pass"
    if check.backends and context.backend not in check.backends:
        return "not_applicable", f"runs on {', '.join(check.backends)}"
    for trait in check.needs:
        if not getattr(context.traits, trait):
            return "not_applicable", f"the layer has no trait {trait}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check.run(context)
    except NotApplicable as reason:
        return "not_applicable", str(reason)
    except Skipped as reason:
        return "skipped", str(reason)
    except CheckFailure as failure:
        return "failed", failure_message(check, context, str(failure))
    except Exception as error:
        where = _where(error)
        text = f"{type(error).__name__}: {_first_lines(str(error))}{where}"
        return "failed", failure_message(check, context, text)
    return "passed", ""


def _as_expected(status: str, message: str, reason: str) -> tuple[str, str]:
    if status in ("failed", "blocked"):
        return "expected", f"expected: {reason}\n{message}"
    if status == "passed":
        return "failed", (
            f"expected to fail ({reason}) and passed: take it out of `expected_failures`"
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
