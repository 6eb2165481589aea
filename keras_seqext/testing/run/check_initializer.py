"""Checks of a Keras initializer."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from keras_seqext._common.validation import checked_flag, wrong_type, wrong_value
from keras_seqext.testing.contexts.initializer import InitializerContext
from keras_seqext.testing.core.maker import name_of, require_maker
from keras_seqext.testing.report.report import Report

from .object_run import run_object_checks
from .options import checked_options

DTYPES = ("float32", "float64", "bfloat16", "float16")


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
    """Run every check of initializers that applies, on the running backend.

    Args:
        target: An initializer class, a function that returns a new initializer each time, or an
            initializer, which is copied with `clone`.
        shape: Requested shape; two axes, so that it fits a `Dense` and an `Embedding` layer.
        dtypes: Dtypes that the initializer must support.
        random: Whether the values depend on a seed. Pass `False` for an initializer that has a
            `seed` which does not affect its values here.
        resources: Files that the initializer reads and that are not available to a loaded model.
            They are moved aside for a moment.
        name: Name of the initializer in messages.
        level: `"core"`, `"recommended"` or `"strict"`; each level includes the lower ones.
        on_fail: `"raise"`, or `"collect"` to return the report of a failing initializer too.
        expected_failures: Reason by check. An expected failure that passes counts as failed.
        checks: Names of checks to run, instead of a level. The checks that they need run too.
        seed: Seed passed to `keras.utils.set_random_seed` before an initializer is made.

    Returns:
        The report.

    Raises:
        InitializerCheckError: If a check failed. The message includes every failure.
        TypeError: If `target` does not make an initializer.
        ValueError: If an argument is invalid.

    >>> import keras
    >>> check_initializer(keras.initializers.GlorotUniform, level="core").failed
    []
    """
    options = checked_options(
        "initializer",
        level=level,
        on_fail=on_fail,
        expected_failures=expected_failures,
        checks=checks,
        seed=seed,
    )
    sizes = _checked_shape(shape)
    names = _checked_dtypes(dtypes)
    checked_flag("random", random)
    for path in _checked_resources(resources):
        if not os.path.exists(path):
            raise FileNotFoundError(
                f"`resources` must be files that exist. Received: {os.fspath(path)!r}, which does "
                "not exist. Pass the paths that the initializer reads."
            )
    label = name or name_of(target, default="initializer")
    context = InitializerContext(
        _maker(target), label, sizes, names, random, resources, options.seed
    )
    return run_object_checks(
        context,
        options,
        sample=f"shape {sizes}",
        call=lambda check: (
            f"check_initializer({label}, shape={sizes}, checks=[{check!r}], seed={seed})"
        ),
        header={"declared_traits": {} if random else {"random": "False"}},
    )


def _checked_shape(shape: Any) -> tuple[int, ...]:
    listed = isinstance(shape, Sequence) and not isinstance(shape, str)
    if not listed or not all(isinstance(size, int) and size > 0 for size in shape):
        raise wrong_value("shape", shape, "a tuple of positive integers", "Pass e.g. (6, 4).")
    return tuple(shape)


def _checked_dtypes(dtypes: Any) -> tuple[str, ...]:
    listed = isinstance(dtypes, Sequence) and not isinstance(dtypes, str)
    if not listed or not dtypes or not all(dtype in DTYPES for dtype in dtypes):
        raise wrong_value(
            "dtypes", dtypes, f"a list of names from {', '.join(DTYPES)}", "Pass e.g. ['float32']."
        )
    return tuple(dtypes)


def _checked_resources(resources: Any) -> Sequence[Any]:
    listed = isinstance(resources, Sequence) and not isinstance(resources, str)
    if not listed or not all(isinstance(path, (str, os.PathLike)) for path in resources):
        raise wrong_type("resources", resources, "a list of paths", "Pass e.g. ['vectors.txt'].")
    found: Sequence[Any] = resources
    return found


def _maker(target: Any) -> Any:
    """Return a function that makes a new initializer."""
    import keras

    require_maker(target, "target", "initializer")
    return target.clone if isinstance(target, keras.Initializer) else target
