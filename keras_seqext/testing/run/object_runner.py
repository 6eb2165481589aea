"""What `check_cell`, `check_dataset` and `check_initializer` have in common: all but the checks."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from keras_seqext._common.choices import checked_choice, did_you_mean
from keras_seqext.testing.core.case import checked_names, checked_reasons
from keras_seqext.testing.core.registry import ON_FAIL, Check, up_to
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.core.versions import versions
from keras_seqext.testing.report.report import Report

from .runner import as_expected, blocked, in_order, outcome


def required_options(on_fail: str, expected_failures: Mapping[str, str] | None) -> dict[str, str]:
    """The expected failures, if these options make sense.

    Raises:
        ValueError: If they do not.
    """
    checked_choice("on_fail", on_fail, ON_FAIL)
    return checked_reasons(expected_failures or {})


def chosen(
    kind: str, known: Mapping[str, Check], level: str, names: Sequence[str] | None
) -> list[Check]:
    """The checks of a level, or those named with what they depend on.

    Args:
        kind: What they are checks of, as in "no check of cells is called ...".
        known: All of them, by name.
        level: If no names are given.
        names: Instead of a level.
    """
    if names is None:
        return up_to(level, known)
    checked_names(names)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"no check of {kind} is called {unknown[0]!r}, which `checks` names."
            f"{did_you_mean(unknown[0], known)} There are {list(known)}."
        )
    wanted = list(names)
    for name in wanted:
        wanted.extend(n for n in known[name].after if n not in wanted)
    return [check for check in known.values() if check.name in wanted]


def run(
    context: Any,
    checks: list[Check],
    expected: Mapping[str, str],
    sample: str,
    call: Callable[[str], str],
    header: Mapping[str, Any],
) -> Report:
    """The checks on one context, gates first.

    Args:
        context: A dataclass with `label`, `seed` and `check_name`.
        checks: In any order.
        expected: By check, the reason why it fails.
        sample: What it is fed, for the results.
        call: Words the call that runs the check of a name again.
        header: Further entries of the report's header.
    """
    import keras

    backend = keras.backend.backend()
    head = {"versions": versions(), "backend": backend, "seed": context.seed, **header}
    report = Report(context.label, [], head)
    statuses: dict[str, str] = {}
    for check in in_order(checks):
        begin = time.perf_counter()
        status, message = blocked(check, statuses) or outcome(
            check,
            replace(context, check_name=check.name),
            partial(_message, check, context, call(check.name)),
        )
        if check.name in expected:
            status, message = as_expected(status, message, expected[check.name])
        statuses[check.name] = status
        seconds = round(time.perf_counter() - begin, 4)
        report.results.append(
            Result(check.name, status, message, seconds, check.level, check.module, backend, sample)
        )
    return report


def _message(check: Check, context: Any, call: str, finding: str) -> str:
    import keras

    backend, found = keras.backend.backend(), versions()
    software = f"keras {found.get('keras', '?')}, {backend} {found.get(backend, '?')}"
    lines = [
        f"{check.name} FAILED  {context.label} ({software})  seed={context.seed}",
        f"  {check.claim}",
        f"  {finding}",
        f"  Why it matters: {check.why}",
        f"  Usual causes: {check.causes}",
        f"  Reproduce: {call} with KERAS_BACKEND={backend}",
    ]
    return "\n".join(lines)
