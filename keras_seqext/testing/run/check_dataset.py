"""The checks of a `keras.utils.PyDataset`, run on one."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from keras_seqext._common.validation import checked_flag, checked_integer, wrong_type
from keras_seqext.testing.checks.catalogue import load_checks
from keras_seqext.testing.contexts.dataset import DatasetContext, Key
from keras_seqext.testing.core.registry import Check, up_to
from keras_seqext.testing.report.report import Report

from .check_layer import LayerCheckError
from .object_runner import chosen, required_options, run


class DatasetCheckError(LayerCheckError):
    """One error that lists every failed check; `report` holds all results."""


def list_dataset_checks(level: str = "strict") -> list[Check]:
    """The checks of datasets up to a level.

    Args:
        level: `"core"`, `"recommended"` (with core) or `"strict"` (all).

    >>> [check.name for check in list_dataset_checks("core")][:3]
    ['length', 'batch_structure', 'finite_values']
    """
    return up_to(level, load_checks("dataset"))


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
        raise wrong_type(
            "make",
            make,
            "a function that returns a new dataset",
            "Pass e.g. `lambda: MyDataset()`.",
        )
    if key is not None and not callable(key):
        raise wrong_type(
            "key",
            key,
            "a function of a batch that names its samples",
            "Pass e.g. `lambda batch: batch[0][:, 0].tolist()`.",
        )
    for option, value in (("random", random), ("drops", drops), ("finite", finite)):
        checked_flag(option, value)
    if num_samples is not None:
        checked_integer("num_samples", num_samples, 0)
    checked_integer("max_batches", max_batches, 1)
    checked_integer("seed", seed, 0)
    expected = required_options(on_fail, expected_failures)
    context = DatasetContext(
        make, name or _label(make), key, num_samples, random, drops, finite, max_batches, seed
    )
    declared = {
        option: str(getattr(context, option))
        for option in ("random", "drops", "finite")
        if getattr(context, option) != DatasetContext.__dataclass_fields__[option].default
    }
    report = run(
        context,
        chosen("datasets", load_checks("dataset"), level, checks),
        expected,
        "batches",
        lambda check: f"check_dataset({context.label}, checks=[{check!r}], seed={seed})",
        {"declared_traits": declared},
    )
    if report.failed and on_fail == "raise":
        raise DatasetCheckError(report)
    return report


def _label(make: Any) -> str:
    if inspect.isclass(make):
        return make.__name__
    label = getattr(make, "__name__", type(make).__name__)
    return "dataset" if label == "<lambda>" else str(label)
