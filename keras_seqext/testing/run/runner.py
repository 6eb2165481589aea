"""Execution of one check on one object."""

import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, Skipped, cause_in
from keras_seqext.testing.core.registry import Check
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.helpers.global_settings import preserved_settings


def run_check(
    check: Check,
    context: Any,
    *,
    statuses: Mapping[str, str],
    expected_failures: Mapping[str, str],
    sample: str,
    message: Callable[[str], str],
) -> Result:
    """Run one check and return its result.

    Args:
        check: The check.
        context: Context of the object under test.
        statuses: Status of the checks that ran before, by name.
        expected_failures: Reason by check.
        sample: Name of the sample, for the result.
        message: Function that returns the failure message for a finding.
    """
    import keras

    backend = keras.backend.backend()
    begin = time.perf_counter()
    status, text = (
        _blocked(check, statuses)
        or _not_applicable(check, context, backend)
        or _run(check, context, message)
    )
    if check.name in expected_failures:
        status, text = _as_expected(check.name, status, text, expected_failures[check.name])
    seconds = round(time.perf_counter() - begin, 4)
    return Result(check.name, status, text, seconds, check.level, check.module, backend, sample)


def _blocked(check: Check, statuses: Mapping[str, str]) -> tuple[str, str] | None:
    """Return status and message if a check that this one needs did not pass."""
    for name in check.after:
        if statuses.get(name) in ("failed", "blocked", "expected"):
            return "blocked", f"needs {name}, which did not pass"
    return None


def _not_applicable(check: Check, context: Any, backend: str) -> tuple[str, str] | None:
    """Return status and message if the check excludes this backend or these traits."""
    if check.backends and backend not in check.backends:
        return "not_applicable", f"runs on {', '.join(check.backends)}"
    for trait in check.needs:
        if not getattr(context.traits, trait):
            return "not_applicable", f"the layer has no trait {trait}"
    return None


def _run(check: Check, context: Any, message: Callable[[str], str]) -> tuple[str, str]:
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
    except Exception as error:  # the code under test may raise anything
        return "failed", message(
            f"{type(error).__name__}: {_first_lines(_cause_first(str(error)))}{_location(error)}"
        )
    return "passed", ""


def _as_expected(name: str, status: str, message: str, reason: str) -> tuple[str, str]:
    """Return status and message of a check that is expected to fail."""
    if status in ("failed", "blocked"):
        return "expected", f"expected: {reason}\n{message}"
    if status == "passed":
        return "failed", (
            f"expected to fail ({reason}) and passed: remove {name!r} from the expected failures"
        )
    return status, message


def _cause_first(text: str) -> str:
    cause = cause_in(text)
    return f"{cause}\n{text}" if cause else text


def _first_lines(text: str, count: int = 6) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n  ".join(lines[:count])


def _location(error: BaseException) -> str:
    """Return the innermost line outside of this package, such as a line of the layer."""
    frames: list[Any] = traceback.extract_tb(error.__traceback__)
    foreign = [f for f in frames if "keras_seqext" not in f.filename]
    if not foreign:
        return ""
    return f"\n  at {foreign[-1].filename.rsplit('/', 1)[-1]}:{foreign[-1].lineno}"
