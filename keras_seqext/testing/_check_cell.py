"""The checks of an RNN cell, run on one."""

import inspect
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ._cell_context import CellContext
from ._check_layer import LayerCheckError
from ._failure import CheckFailure, NotApplicable, Skipped
from ._registry import LEVELS, Check
from ._result import Report, Result
from ._runner import _as_expected, _first_lines, _where, in_order
from ._settings import kept_settings
from ._versions import versions


class CellCheckError(LayerCheckError):
    """One error that lists every failed check; `report` holds all results."""


def list_cell_checks(level: str = "strict") -> list[Check]:
    """The checks of cells up to a level.

    Args:
        level: `"core"`, `"recommended"` (with core) or `"strict"` (all).

    >>> [check.name for check in list_cell_checks("core")][:3]
    ['construct', 'state_size', 'step']
    """
    from .cell_checks import CELL_CHECKS

    if level not in LEVELS:
        raise ValueError(
            f"`level` must be 'core', 'recommended' or 'strict'. Received: level={level!r}."
        )
    allowed = LEVELS[: LEVELS.index(level) + 1]
    return [check for check in CELL_CHECKS.values() if check.level in allowed]


def check_cell(
    target: Any,
    *,
    input_dim: int = 6,
    batch_size: int = 4,
    steps: int = 5,
    name: str | None = None,
    level: str = "recommended",
    on_fail: str = "raise",
    expected_failures: Mapping[str, str] | None = None,
    checks: Sequence[str] | None = None,
    seed: int = 0,
) -> Report:
    """Runs every check of RNN cells that applies, on the running backend.

    Args:
        target: An unbuilt cell, a cell class, or a function that returns a new cell: a layer
            with a `state_size` and `call(inputs, states)`, as `keras.layers.RNN` takes it.
        input_dim: Features of each step.
        batch_size: Rows of a batch, at least 2.
        steps: Of a sequence, at least 3.
        name: Shown in messages; the name of the class by default.
        level: `"core"`, `"recommended"` or `"strict"`, each with those before.
        on_fail: `"raise"`, or `"collect"` to get the report of a cell that fails too.
        expected_failures: By check, the reason; an unexpected pass counts as failed.
        checks: Names of the checks to run, with what they depend on; all by default.
        seed: Of inputs, states and weights.

    Returns:
        The report.

    Raises:
        CellCheckError: If a check failed, with the text of all that did.
        TypeError: If `target` is nothing that makes a cell.
        ValueError: If an argument does not fit.

    >>> import keras
    >>> report = check_cell(keras.layers.GRUCell(3), checks=["state_size", "output_size"])
    >>> report.failed
    []
    """
    if on_fail not in ("raise", "collect"):
        raise ValueError(f"`on_fail` must be 'raise' or 'collect'. Received: on_fail={on_fail!r}.")
    for argument, value, least in (
        ("input_dim", input_dim, 1),
        ("batch_size", batch_size, 2),
        ("steps", steps, 3),
    ):
        if value < least:
            raise ValueError(f"`{argument}` must be at least {least}. Received: {value}.")
    expected = dict(expected_failures or {})
    if empty := [check for check, reason in expected.items() if not str(reason).strip()]:
        raise ValueError(
            f"`expected_failures` needs a reason for each check. Received none for: {empty}."
        )
    make, label = _maker(target)
    context = CellContext(make, name or label, input_dim, batch_size, steps, seed)
    report = _run(context, _chosen(level, checks), expected)
    if report.failed and on_fail == "raise":
        raise CellCheckError(report)
    return report


def _maker(target: Any) -> tuple[Any, str]:
    """A function that makes a new cell, and the name of the cell."""
    import keras

    if inspect.isclass(target):
        return target, target.__name__
    if isinstance(target, keras.layers.Layer):
        if target.built and target.weights:
            raise ValueError(
                f"`target` must be an unbuilt cell. Received: {target.name}, which is built. Pass "
                "a function that makes a new one."
            )
        return lambda: type(target).from_config(target.get_config()), type(target).__name__
    if not callable(target):
        raise TypeError(
            "`target` must be a cell, a cell class or a function that returns a new cell. "
            f"Received: {target!r}."
        )
    label = getattr(target, "__name__", type(target).__name__)
    return target, "cell" if label == "<lambda>" else str(label)


def _chosen(level: str, chosen: Sequence[str] | None) -> list[Check]:
    if chosen is None:
        return list_cell_checks(level)
    known = {check.name: check for check in list_cell_checks()}
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise ValueError(f"no check of cells is called {unknown[0]!r}; there are {list(known)}.")
    wanted = list(chosen)
    for name in wanted:
        wanted.extend(n for n in known[name].after if n not in wanted)
    return [check for check in known.values() if check.name in wanted]


def _run(context: CellContext, checks: list[Check], expected: dict[str, str]) -> Report:
    import keras

    backend = keras.backend.backend()
    header = {
        "versions": versions(),
        "backend": backend,
        "sample": {"input_dim": context.input_dim, "steps": context.steps},
        "seed": context.seed,
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
                check.name, status, message, seconds, check.level, check.module, backend, "steps"
            )
        )
    return report


def _run_one(check: Check, context: CellContext, outcome: dict[str, str]) -> tuple[str, str]:
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


def _message(check: Check, context: CellContext, finding: str) -> str:
    import keras

    backend, found = keras.backend.backend(), versions()
    software = f"keras {found.get('keras', '?')}, {backend} {found.get(backend, '?')}"
    lines = [
        f"{check.name} FAILED  {context.label} ({software})  seed={context.seed}",
        f"  {check.claim}",
        f"  {finding}",
        f"  Why it matters: {check.why}",
        f"  Usual causes: {check.causes}",
        f"  Reproduce: check_cell({context.label}, input_dim={context.input_dim}, "
        f"checks=[{check.name!r}], seed={context.seed}) with KERAS_BACKEND={backend}",
    ]
    return "\n".join(lines)
