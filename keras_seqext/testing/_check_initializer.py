"""The checks of a `keras.Initializer`, run on one."""

import inspect
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ._check_layer import LayerCheckError
from ._failure import CheckFailure, NotApplicable, Skipped
from ._initializer_context import InitializerContext
from ._registry import LEVELS, Check
from ._result import Report, Result
from ._runner import _as_expected, _first_lines, _where, in_order
from ._settings import kept_settings
from ._versions import versions

DTYPES = ("float32", "float64", "bfloat16", "float16")


class InitializerCheckError(LayerCheckError):
    """One error that lists every failed check; `report` holds all results."""


def list_initializer_checks(level: str = "strict") -> list[Check]:
    """The checks of initializers up to a level.

    Args:
        level: `"core"`, `"recommended"` (with core) or `"strict"` (all).

    >>> [check.name for check in list_initializer_checks("core")][:3]
    ['construct', 'call', 'dtypes']
    """
    from .initializer_checks import INITIALIZER_CHECKS

    if level not in LEVELS:
        raise ValueError(
            f"`level` must be 'core', 'recommended' or 'strict'. Received: level={level!r}."
        )
    allowed = LEVELS[: LEVELS.index(level) + 1]
    return [check for check in INITIALIZER_CHECKS.values() if check.level in allowed]


def check_initializer(
    target: Any,
    *,
    shape: Sequence[int] = (6, 4),
    dtypes: Sequence[str] = DTYPES,
    random: bool = True,
    resources: Sequence[Any] = (),
    name: str | None = None,
    level: str = "recommended",
    on_fail: str = "raise",
    expected_failures: Mapping[str, str] | None = None,
    checks: Sequence[str] | None = None,
    seed: int = 0,
) -> Report:
    """Runs every check of initializers that applies, on the running backend.

    Args:
        target: An initializer class, or a function that returns a new initializer each time.
            An initializer is copied by its `clone`.
        shape: What it is asked for; two axes, so that it fits a `Dense` and an `Embedding`.
        dtypes: It has to be able to give.
        random: Declare `False` if it has a seed that does not matter here.
        resources: Files that it reads, and that a loaded model has to do without. They are
            moved aside for a moment.
        name: Shown in messages.
        level: `"core"`, `"recommended"` or `"strict"`, each with those before.
        on_fail: `"raise"`, or `"collect"` to get the report of a failing initializer too.
        expected_failures: By check, the reason; an unexpected pass counts as failed.
        checks: Names of the checks to run, with what they depend on; all by default.
        seed: Set with `keras.utils.set_random_seed` before each is made.

    Returns:
        The report.

    Raises:
        InitializerCheckError: If a check failed, with the text of all that did.
        TypeError: If `target` is nothing that makes an initializer.
        ValueError: If an argument does not fit.

    >>> import keras
    >>> check_initializer(keras.initializers.GlorotUniform, level="core").failed
    []
    """
    if on_fail not in ("raise", "collect"):
        raise ValueError(f"`on_fail` must be 'raise' or 'collect'. Received: on_fail={on_fail!r}.")
    sizes = tuple(shape)
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise ValueError(f"`shape` must hold positive integers. Received: shape={shape!r}.")
    expected = dict(expected_failures or {})
    if empty := [check for check, reason in expected.items() if not str(reason).strip()]:
        raise ValueError(
            f"`expected_failures` needs a reason for each check. Received none for: {empty}."
        )
    context = InitializerContext(
        _maker(target), name or _label(target), sizes, tuple(dtypes), random, resources, seed
    )
    report = _run(context, _chosen(level, checks), expected)
    if report.failed and on_fail == "raise":
        raise InitializerCheckError(report)
    return report


def _maker(target: Any) -> Any:
    import keras

    if isinstance(target, keras.Initializer):
        return target.clone
    if not callable(target):
        raise TypeError(
            "`target` must be an initializer, its class or a function that returns a new one, "
            f"such as `lambda: MyInitializer()`. Received: {target!r}."
        )
    return target


def _label(target: Any) -> str:
    import keras

    if isinstance(target, keras.Initializer):
        return type(target).__name__
    if inspect.isclass(target):
        return target.__name__
    label = getattr(target, "__name__", type(target).__name__)
    return "initializer" if label == "<lambda>" else str(label)


def _chosen(level: str, names: Sequence[str] | None) -> list[Check]:
    if names is None:
        return list_initializer_checks(level)
    known = {check.name: check for check in list_initializer_checks()}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"no check of initializers is called {unknown[0]!r}; there are {list(known)}."
        )
    wanted = list(names)
    for name in wanted:
        wanted.extend(n for n in known[name].after if n not in wanted)
    return [check for check in known.values() if check.name in wanted]


def _run(context: InitializerContext, checks: list[Check], expected: dict[str, str]) -> Report:
    import keras

    backend = keras.backend.backend()
    declared = {} if context.random else {"random": "False"}
    header = {
        "versions": versions(),
        "backend": backend,
        "seed": context.seed,
        "declared_traits": declared,
    }
    report = Report(context.label, [], header)
    outcome: dict[str, str] = {}
    for check in in_order(checks):
        begin = time.perf_counter()
        status, message = _run_one(check, replace(context, check_name=check.name), outcome)
        if check.name in expected:
            status, message = _as_expected(status, message, expected[check.name])
        outcome[check.name] = status
        seconds = round(time.perf_counter() - begin, 4)
        report.results.append(
            Result(
                check.name,
                status,
                message,
                seconds,
                check.level,
                check.module,
                backend,
                f"shape {context.shape}",
            )
        )
    return report


def _run_one(check: Check, context: InitializerContext, outcome: dict[str, str]) -> tuple[str, str]:
    for name in check.after:
        if outcome.get(name) in ("failed", "blocked", "expected"):
            return "blocked", f"needs {name}, which did not pass"
    try:
        with kept_settings():
            warnings.simplefilter("ignore")
            check.run(context)
    except NotApplicable as reason:
        return "not_applicable", str(reason)
    except Skipped as reason:
        return "skipped", str(reason)
    except CheckFailure as failure:
        return "failed", _message(check, context, str(failure))
    except Exception as error:
        text = f"{type(error).__name__}: {_first_lines(str(error))}{_where(error)}"
        return "failed", _message(check, context, text)
    return "passed", ""


def _message(check: Check, context: InitializerContext, finding: str) -> str:
    import keras

    backend, found = keras.backend.backend(), versions()
    software = f"keras {found.get('keras', '?')}, {backend} {found.get(backend, '?')}"
    lines = [
        f"{check.name} FAILED  {context.label} ({software})  seed={context.seed}",
        f"  {check.claim}",
        f"  {finding}",
        f"  Why it matters: {check.why}",
        f"  Usual causes: {check.causes}",
        f"  Reproduce: check_initializer({context.label}, shape={context.shape}, "
        f"checks=[{check.name!r}], seed={context.seed}) with KERAS_BACKEND={backend}",
    ]
    return "\n".join(lines)
