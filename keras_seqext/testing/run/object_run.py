"""Checks of objects other than layers: cells, datasets and initializers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from keras_seqext.testing.core.registry import Check
from keras_seqext.testing.core.versions import versions
from keras_seqext.testing.report.report import Report

from .failure_message import failure_message
from .options import Options
from .runner import run_check
from .selection import sort_by_dependency


def run_object_checks(
    context: Any,
    options: Options,
    *,
    sample: str,
    call: Callable[[str], str],
    header: Mapping[str, Any],
) -> Report:
    """Run the checks of one object, and raise the error of its kind if one fails.

    Args:
        context: A dataclass with `label`, `seed` and `check_name`.
        options: Arguments shared by the `check_*` functions.
        sample: Description of the inputs, for the results.
        call: Function that returns the call which runs the check of a name again.
        header: Further entries of the header of the report.
    """
    import keras

    backend = keras.backend.backend()
    head = {"versions": versions(), "backend": backend, "seed": context.seed, **header}
    report = Report(context.label, [], head)
    statuses: dict[str, str] = {}
    for check in sort_by_dependency(options.checks):
        result = run_check(
            check,
            replace(context, check_name=check.name),
            statuses=statuses,
            expected_failures=options.expected_failures,
            sample=sample,
            message=_message(check, context, backend, call),
        )
        statuses[check.name] = result.status
        report.results.append(result)
    options.raise_if_failed(report)
    return report


def _message(
    check: Check, context: Any, backend: str, call: Callable[[str], str]
) -> Callable[[str], str]:
    return lambda finding: failure_message(
        check,
        finding,
        label=context.label,
        details=f"seed={context.seed}",
        backend=backend,
        reproduce=f"{call(check.name)} with KERAS_BACKEND={backend}",
    )
