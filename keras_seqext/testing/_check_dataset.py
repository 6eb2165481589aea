"""The checks of a `keras.utils.PyDataset`, run on one."""

import inspect
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ._check_layer import LayerCheckError
from ._dataset_context import DatasetContext, Key
from ._failure import CheckFailure, NotApplicable, Skipped
from ._registry import LEVELS, Check
from ._result import Report, Result
from ._runner import _as_expected, _first_lines, _where, in_order
from ._settings import kept_settings
from ._versions import versions


class DatasetCheckError(LayerCheckError):
    """One error that lists every failed check; `report` holds all results."""


def list_dataset_checks(level: str = "strict") -> list[Check]:
    """The checks of datasets up to a level.

    Args:
        level: `"core"`, `"recommended"` (with core) or `"strict"` (all).

    >>> [check.name for check in list_dataset_checks("core")][:3]
    ['length', 'batch_structure', 'finite_values']
    """
    from .dataset_checks import DATASET_CHECKS

    if level not in LEVELS:
        raise ValueError(
            f"`level` must be 'core', 'recommended' or 'strict'. Received: level={level!r}."
        )
    allowed = LEVELS[: LEVELS.index(level) + 1]
    return [check for check in DATASET_CHECKS.values() if check.level in allowed]


def check_dataset(
    make: Callable[[], Any],
    *,
    key: Key | None = None,
    num_samples: int | None = None,
    random: bool = False,
    drops: bool = False,
    finite: bool = True,
    name: str | None = None,
    level: str = "recommended",
    on_fail: str = "raise",
    expected_failures: Mapping[str, str] | None = None,
    checks: Sequence[str] | None = None,
    max_batches: int = 200,
    seed: int = 0,
) -> Report:
    """Runs every check of datasets that applies.

    Args:
        make: A function that returns a new `keras.utils.PyDataset` each time.
        key: A function of a batch that names its samples, one hashable each, such as
            `lambda batch: batch[0][:, 0].tolist()` where the first column is a number. Without
            it samples are told apart by all their values.
        num_samples: How many samples an epoch must have, if you know.
        random: Declare that a batch differs each time it is read, as with augmentation.
        drops: Declare that an epoch may leave out samples, as without the last small batch.
        finite: Declare `False` if NaN and infinite values belong to the data.
        name: Shown in messages.
        level: `"core"`, `"recommended"` or `"strict"`, each with those before.
        on_fail: `"raise"`, or `"collect"` to get the report of a failing dataset too.
        expected_failures: By check, the reason; an unexpected pass counts as failed.
        checks: Names of the checks to run, with what they depend on; all by default.
        max_batches: Of a longer dataset that many batches are read, and checks of whole epochs
            do not apply.
        seed: Set with `keras.utils.set_random_seed` before each `make()`.

    Returns:
        The report.

    Raises:
        DatasetCheckError: If a check failed, with the text of all that did.
        TypeError: If `make` is no function.
        ValueError: If an argument does not fit.

    >>> from keras_seqext import TimeseriesWindow
    >>> report = check_dataset(
    ...     lambda: TimeseriesWindow(np.arange(50.0), lookback=4, delay=1, batch_size=8),
    ...     key=lambda batch: batch[1].tolist(),
    ...     level="core",
    ... )
    >>> report.failed
    []
    """
    if not callable(make):
        raise TypeError(
            "`make` must be a function that returns a new dataset, such as `lambda: MyDataset()`. "
            f"Received: {make!r}."
        )
    if on_fail not in ("raise", "collect"):
        raise ValueError(f"`on_fail` must be 'raise' or 'collect'. Received: on_fail={on_fail!r}.")
    if max_batches < 1:
        raise ValueError(f"`max_batches` must be positive. Received: max_batches={max_batches}.")
    expected = dict(expected_failures or {})
    if empty := [check for check, reason in expected.items() if not str(reason).strip()]:
        raise ValueError(
            f"`expected_failures` needs a reason for each check. Received none for: {empty}."
        )
    context = DatasetContext(
        make, name or _label(make), key, num_samples, random, drops, finite, max_batches, seed
    )
    report = _run(context, _chosen(level, checks), expected)
    if report.failed and on_fail == "raise":
        raise DatasetCheckError(report)
    return report


def _label(make: Any) -> str:
    if inspect.isclass(make):
        return make.__name__
    label = getattr(make, "__name__", type(make).__name__)
    return "dataset" if label == "<lambda>" else str(label)


def _chosen(level: str, chosen: Sequence[str] | None) -> list[Check]:
    if chosen is None:
        return list_dataset_checks(level)
    known = {check.name: check for check in list_dataset_checks()}
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise ValueError(f"no check of datasets is called {unknown[0]!r}; there are {list(known)}.")
    wanted = list(chosen)
    for name in wanted:
        wanted.extend(n for n in known[name].after if n not in wanted)
    return [check for check in known.values() if check.name in wanted]


def _run(context: DatasetContext, checks: list[Check], expected: dict[str, str]) -> Report:
    import keras

    backend = keras.backend.backend()
    declared = {
        option: str(getattr(context, option))
        for option in ("random", "drops", "finite")
        if getattr(context, option) != DatasetContext.__dataclass_fields__[option].default
    }
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
                check.name, status, message, seconds, check.level, check.module, backend, "batches"
            )
        )
    return report


def _run_one(check: Check, context: DatasetContext, outcome: dict[str, str]) -> tuple[str, str]:
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


def _message(check: Check, context: DatasetContext, finding: str) -> str:
    import keras

    backend, found = keras.backend.backend(), versions()
    software = f"keras {found.get('keras', '?')}, {backend} {found.get(backend, '?')}"
    lines = [
        f"{check.name} FAILED  {context.label} ({software})  seed={context.seed}",
        f"  {check.claim}",
        f"  {finding}",
        f"  Why it matters: {check.why}",
        f"  Usual causes: {check.causes}",
        f"  Reproduce: check_dataset({context.label}, checks=[{check.name!r}], "
        f"seed={context.seed}) with KERAS_BACKEND={backend}",
    ]
    return "\n".join(lines)
