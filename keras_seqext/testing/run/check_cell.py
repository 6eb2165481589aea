"""Checks of an RNN cell."""

from collections.abc import Mapping, Sequence
from typing import Any

from keras_seqext._common.validation import checked_integer
from keras_seqext.testing.contexts.cell import CellContext
from keras_seqext.testing.core.maker import copy_unbuilt, name_of, require_maker
from keras_seqext.testing.report.report import Report

from .object_run import run_object_checks
from .options import checked_options


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
    """Run every check of RNN cells that applies, on the running backend.

    Args:
        target: An unbuilt cell, a cell class, or a function that returns a new cell: a layer
            with a `state_size` and `call(inputs, states)`, as `keras.layers.RNN` accepts it.
        input_dim: Number of features per step.
        batch_size: Number of rows, at least 2.
        steps: Length of a sequence, at least 3.
        name: Name of the cell in messages; by default the name of the class.
        level: `"core"`, `"recommended"` or `"strict"`; each level includes the lower ones.
        on_fail: `"raise"`, or `"collect"` to return the report of a failing cell too.
        expected_failures: Reason by check. An expected failure that passes counts as failed.
        checks: Names of checks to run, instead of a level. The checks that they need run too.
        seed: Seed of inputs, states and weights.

    Returns:
        The report.

    Raises:
        CellCheckError: If a check failed. The message includes every failure.
        TypeError: If `target` does not make a cell.
        ValueError: If an argument is invalid.

    >>> import keras
    >>> report = check_cell(keras.layers.GRUCell(3), checks=["state_size", "output_size"])
    >>> report.failed
    []
    """
    options = checked_options(
        "cell",
        level=level,
        on_fail=on_fail,
        expected_failures=expected_failures,
        checks=checks,
        seed=seed,
    )
    for argument, value, least in (
        ("input_dim", input_dim, 1),
        ("batch_size", batch_size, 2),
        ("steps", steps, 3),
    ):
        checked_integer(argument, value, least)
    label = name or name_of(target, default="cell")
    context = CellContext(_maker(target), label, input_dim, batch_size, steps, options.seed)
    return run_object_checks(
        context,
        options,
        sample="steps",
        call=lambda check: (
            f"check_cell({label}, input_dim={input_dim}, checks=[{check!r}], seed={seed})"
        ),
        header={"sample": {"input_dim": input_dim, "steps": steps}},
    )


def _maker(target: Any) -> Any:
    """Return a function that makes a new cell."""
    import keras

    require_maker(target, "target", "cell")
    if isinstance(target, keras.layers.Layer):
        return lambda: copy_unbuilt(target, "cell")
    return target
