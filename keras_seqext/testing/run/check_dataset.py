"""Checks of a `keras.utils.PyDataset`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from keras_seqext._common.validation import checked_flag, checked_integer, wrong_type
from keras_seqext.testing.contexts.dataset import DatasetContext, Key
from keras_seqext.testing.core.maker import name_of, require_maker
from keras_seqext.testing.report.report import Report

from .object_run import run_object_checks
from .options import checked_options


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
    """Run every check of datasets that applies.

    Args:
        make: A function that returns a new `keras.utils.PyDataset` each time.
        key: A function that returns a hashable identifier for each sample of a batch, such as
            `lambda batch: batch[0][:, 0].tolist()` if the first column is a number. By default
            samples are identified by all of their values.
        num_samples: Expected number of samples per epoch, if known.
        random: Whether a batch differs each time it is read, as with augmentation.
        drops: Whether an epoch may omit samples, such as those of an incomplete last batch.
        finite: Whether all float values must be finite.
        name: Name of the dataset in messages.
        level: `"core"`, `"recommended"` or `"strict"`; each level includes the lower ones.
        on_fail: `"raise"`, or `"collect"` to return the report of a failing dataset too.
        expected_failures: Reason by check. An expected failure that passes counts as failed.
        checks: Names of checks to run, instead of a level. The checks that they need run too.
        max_batches: Largest number of batches read per epoch. Checks of whole epochs do not apply
            to a longer dataset.
        seed: Seed passed to `keras.utils.set_random_seed` before each `make()`.

    Returns:
        The report.

    Raises:
        DatasetCheckError: If a check failed. The message includes every failure.
        TypeError: If `make` is not a function.
        ValueError: If an argument is invalid.

    >>> from keras_seqext import TimeseriesWindow
    >>> report = check_dataset(
    ...     lambda: TimeseriesWindow(np.arange(50.0), lookback=4, delay=1, batch_size=8),
    ...     key=lambda batch: batch[1].tolist(),
    ...     level="core",
    ... )
    >>> report.failed
    []
    """
    require_maker(make, "make", "dataset")
    if key is not None and not callable(key):
        raise wrong_type(
            "key",
            key,
            "a function of a batch that returns an identifier for each sample",
            "Pass e.g. `lambda batch: batch[0][:, 0].tolist()`.",
        )
    declarations = {"random": random, "drops": drops, "finite": finite}
    for option, value in declarations.items():
        checked_flag(option, value)
    if num_samples is not None:
        checked_integer("num_samples", num_samples, 0)
    checked_integer("max_batches", max_batches, 1)
    options = checked_options(
        "dataset",
        level=level,
        on_fail=on_fail,
        expected_failures=expected_failures,
        checks=checks,
        seed=seed,
    )
    label = name or name_of(make, default="dataset")
    context = DatasetContext(
        make, label, key, num_samples, random, drops, finite, max_batches, options.seed
    )
    defaults = {"random": False, "drops": False, "finite": True}
    declared = {
        option: str(value) for option, value in declarations.items() if value != defaults[option]
    }
    return run_object_checks(
        context,
        options,
        sample="batches",
        call=lambda check: f"check_dataset({label}, checks=[{check!r}], seed={seed})",
        header={"declared_traits": declared},
    )
