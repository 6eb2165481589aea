"""The checks of a `keras.Initializer`, run on one."""

import inspect
import os
from collections.abc import Mapping, Sequence
from typing import Any

from keras_seqext._common.validation import checked_flag, checked_integer, wrong_type, wrong_value
from keras_seqext.testing.checks.catalogue import load_checks
from keras_seqext.testing.contexts.initializer import InitializerContext
from keras_seqext.testing.core.registry import Check, up_to
from keras_seqext.testing.report.report import Report

from .check_layer import LayerCheckError
from .object_runner import chosen, required_options, run

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
    return up_to(level, load_checks("initializer"))


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
    expected = required_options(on_fail, expected_failures)
    sizes = _checked_shape(shape)
    names = _checked_dtypes(dtypes)
    checked_flag("random", random)
    checked_integer("seed", seed, 0)
    for path in _checked_resources(resources):
        if not os.path.exists(path):
            raise FileNotFoundError(
                f"`resources` must be files that exist. Received: {os.fspath(path)!r}, which does "
                "not. Pass the paths that the initializer reads."
            )
    context = InitializerContext(
        _maker(target), name or _label(target), sizes, names, random, resources, seed
    )
    report = run(
        context,
        chosen("initializers", load_checks("initializer"), level, checks),
        expected,
        f"shape {sizes}",
        lambda check: (
            f"check_initializer({context.label}, shape={sizes}, checks=[{check!r}], seed={seed})"
        ),
        {"declared_traits": {} if random else {"random": "False"}},
    )
    if report.failed and on_fail == "raise":
        raise InitializerCheckError(report)
    return report


def _checked_shape(shape: Any) -> tuple[int, ...]:
    listed = isinstance(shape, Sequence) and not isinstance(shape, str)
    if not listed or not all(isinstance(size, int) and size > 0 for size in shape):
        raise wrong_value("shape", shape, "a tuple of positive integers", "Pass e.g. (6, 4).")
    return tuple(shape)


def _checked_dtypes(dtypes: Any) -> tuple[str, ...]:
    listed = isinstance(dtypes, Sequence) and not isinstance(dtypes, str)
    if not listed or not dtypes or not all(dtype in DTYPES for dtype in dtypes):
        raise wrong_value(
            "dtypes", dtypes, f"a list out of {', '.join(DTYPES)}", "Pass e.g. ['float32']."
        )
    return tuple(dtypes)


def _checked_resources(resources: Any) -> Sequence[Any]:
    listed = isinstance(resources, Sequence) and not isinstance(resources, str)
    if not listed or not all(isinstance(path, (str, os.PathLike)) for path in resources):
        raise wrong_type("resources", resources, "a list of paths", "Pass e.g. ['vectors.txt'].")
    found: Sequence[Any] = resources
    return found


def _maker(target: Any) -> Any:
    import keras

    if isinstance(target, keras.Initializer):
        return target.clone
    if not callable(target):
        raise wrong_type(
            "target",
            target,
            "an initializer, its class or a function that returns a new one",
            "Pass e.g. `lambda: MyInitializer()`.",
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
