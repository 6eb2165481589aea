"""The one function that most people need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from keras_seqext._common.choices import checked_choice, did_you_mean
from keras_seqext._common.validation import checked_integer, wrong_type
from keras_seqext.testing.checks.catalogue import list_checks
from keras_seqext.testing.core.case import (
    LayerCase,
    Sample,
    Traits,
    checked_names,
    require_maker,
    require_samples,
)
from keras_seqext.testing.core.registry import LEVELS, ON_FAIL, Check
from keras_seqext.testing.report.report import Report

from .runner import Progress, run_checks


class LayerCheckError(AssertionError):
    """One error that lists every failed check; `report` holds all results."""

    def __init__(self, report: Report) -> None:
        self.report = report
        failures = "\n\n".join(result.message for result in report.failed)
        super().__init__(f"{report.summary()}\n\n{failures}")


def check_layer(
    target: Any,
    *,
    input_shape: Any = None,
    input_dtype: str = "float32",
    samples: Sequence[Sample] | None = None,
    traits: Traits | None = None,
    reference: Callable[..., Any] | None = None,
    level: str = "recommended",
    on_fail: str = "raise",
    expected_failures: Mapping[str, str] | None = None,
    checks: Sequence[str] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Runs every check that applies to a layer, on the running backend.

    Args:
        target: An unbuilt layer, a layer class, a function that returns a new layer, or a
            `LayerCase`.
        input_shape: Shape of the input, batch included, such as `(4, 7, 6)`; a list of shapes
            for a layer that takes a list.
        input_dtype: Integers are drawn from [0, 5).
        samples: Instead of a shape; the checks run on each.
        traits: What the layer claims; see `Traits`.
        reference: A NumPy function that the output has to equal.
        level: `"core"`, `"recommended"` or `"strict"`, each with those before.
        on_fail: `"raise"`, or `"collect"` to get the report of a layer that fails too.
        expected_failures: By check, the reason; an unexpected pass counts as failed.
        checks: Names of the checks to run, with what they depend on; all by default.
        seed: Of inputs and weights.
        progress: Called before each check with it, its number and how many there are.

    Returns:
        The report.

    Raises:
        LayerCheckError: If a check failed, with the text of all that did.
        TypeError: If `target` is nothing that makes a layer.
        ValueError: If an argument does not fit.

    >>> import keras
    >>> report = check_layer(keras.layers.Dense(3), input_shape=(4, 7, 6), checks=["config_json"])
    >>> report.failed
    []
    """
    case = as_case(target, traits, reference, expected_failures)
    checked_choice("on_fail", on_fail, ON_FAIL)
    chosen = chosen_checks(level, checks)
    seed = checked_integer("seed", seed, 0)
    if progress is not None and not callable(progress):
        raise wrong_type(
            "progress",
            progress,
            "a function of a check, its number and how many there are",
            "Leave it out to report nothing.",
        )
    used = samples_of(case, input_shape, input_dtype, samples)
    reports = [run_checks(case, sample, chosen, seed, progress) for sample in used]
    report = reports[0]
    for other in reports[1:]:
        report.results.extend(other.results)
    if report.failed and on_fail == "raise":
        raise LayerCheckError(report)
    return report


def as_case(
    target: Any,
    traits: Traits | None = None,
    reference: Callable[..., Any] | None = None,
    expected_failures: Mapping[str, str] | None = None,
) -> LayerCase:
    """`target` as a `LayerCase`, with what was given beside it."""
    require_maker(target if not isinstance(target, LayerCase) else target.make, "target")
    case = target if isinstance(target, LayerCase) else LayerCase(target)
    changes: dict[str, Any] = {}
    if traits is not None:
        changes["traits"] = traits
    if reference is not None:
        changes["reference"] = reference
    if expected_failures is not None:
        changes["expected_failures"] = expected_failures
    case = replace(case, **changes) if changes else case
    known = {check.name for check in list_checks(LEVELS[-1])}
    unknown = [name for name in (*case.expected_failures, *case.tolerances) if name not in known]
    if unknown:
        raise ValueError(
            f"no check is called {unknown[0]!r}, which `expected_failures` or `tolerances` names. "
            f"`list_checks()` gives all.{did_you_mean(unknown[0], known)}"
        )
    return case


def chosen_checks(level: str, names: Sequence[str] | None) -> list[Check]:
    """The checks of a level, or those named with what they depend on."""
    if names is None:
        return list_checks(level)
    checked_names(names)
    known = {check.name: check for check in list_checks(LEVELS[-1])}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"no check is called {unknown[0]!r}, which `checks` names. `list_checks()` gives all."
            f"{did_you_mean(unknown[0], known)}"
        )
    wanted = list(names)
    for name in wanted:
        wanted.extend(n for n in known[name].after if n in known and n not in wanted)
    return [check for check in known.values() if check.name in wanted]


def samples_of(
    case: LayerCase, shape: Any, dtype: str, samples: Sequence[Sample] | None
) -> list[Sample]:
    """What to feed: `samples`, else one of `shape`, else the samples of the case."""
    if samples is not None:
        require_samples(samples)
    if samples:
        return list(samples)
    if shape is not None:
        return [Sample(shape=shape, dtype=dtype)]
    if case.samples:
        return list(case.samples)
    raise ValueError(
        "nothing to feed the layer with. Received: `input_shape`=None and no `samples`. Pass "
        "`input_shape`, batch included, such as (4, 7, 6), or a `Sample`."
    )
