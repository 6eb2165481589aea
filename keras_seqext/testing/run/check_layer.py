"""Checks of a Keras layer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from keras_seqext._common.validation import wrong_type
from keras_seqext.testing.core.case import LayerCase, Sample, Traits, require_samples
from keras_seqext.testing.core.maker import require_maker
from keras_seqext.testing.report.report import Report

from .layer_run import Progress, run_layer_checks
from .options import checked_options
from .selection import require_known


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
    """Run every check that applies to a layer, on the running backend.

    Args:
        target: An unbuilt layer, a layer class, a function that returns a new layer, or a
            `LayerCase`.
        input_shape: Shape of the input including the batch, such as `(4, 7, 6)`; a list of shapes
            for a layer that takes a list.
        input_dtype: Dtype of the input; integers are drawn from [0, 5).
        samples: Inputs instead of a shape; the checks run on each sample.
        traits: Declared properties of the layer; see `Traits`.
        reference: A NumPy function that returns the expected output.
        level: `"core"`, `"recommended"` or `"strict"`; each level includes the lower ones.
        on_fail: `"raise"`, or `"collect"` to return the report of a failing layer too.
        expected_failures: Reason by check. An expected failure that passes counts as failed.
        checks: Names of checks to run, instead of a level. The checks that they need run too.
        seed: Seed of inputs and weights.
        progress: Called before each check with the check, its index and the number of checks.

    Returns:
        The report.

    Raises:
        LayerCheckError: If a check failed. The message includes every failure.
        TypeError: If `target` does not make a layer.
        ValueError: If an argument is invalid.

    >>> import keras
    >>> report = check_layer(keras.layers.Dense(3), input_shape=(4, 7, 6), checks=["config_json"])
    >>> report.failed
    []
    """
    case = as_case(target, traits, reference, expected_failures)
    options = checked_options(
        "layer",
        level=level,
        on_fail=on_fail,
        expected_failures=expected_failures,
        checks=checks,
        seed=seed,
    )
    if progress is not None and not callable(progress):
        raise wrong_type(
            "progress",
            progress,
            "a function of a check, its index and the number of checks",
            "Leave it out to report nothing.",
        )
    reports = [
        run_layer_checks(case, sample, options.checks, options.seed, progress)
        for sample in samples_of(case, input_shape, input_dtype, samples)
    ]
    report = reports[0]
    for other in reports[1:]:
        report.results.extend(other.results)
    options.raise_if_failed(report)
    return report


def as_case(
    target: Any,
    traits: Traits | None = None,
    reference: Callable[..., Any] | None = None,
    expected_failures: Mapping[str, str] | None = None,
) -> LayerCase:
    """Return `target` as a `LayerCase` with the other arguments, where they are not `None`."""
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
    require_known("expected_failures", case.expected_failures)
    require_known("tolerances", case.tolerances)
    return case


def samples_of(
    case: LayerCase, shape: Any, dtype: str, samples: Sequence[Sample] | None = None
) -> list[Sample]:
    """Return `samples`, else a sample of `shape`, else the samples of the case."""
    if samples is not None:
        require_samples(samples)
    if samples:
        return list(samples)
    if shape is not None:
        return [Sample(shape=shape, dtype=dtype)]
    if case.samples:
        return list(case.samples)
    raise ValueError(
        f"`input_shape` is required for {case.label}, which has no `samples`. Received: "
        "input_shape=None. Pass `input_shape` including the batch, such as (4, 7, 6), or a "
        "LayerCase with `samples`."
    )
