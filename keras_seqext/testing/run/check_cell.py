"""The checks of an RNN cell, run on one."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from keras_seqext._common.validation import checked_integer, wrong_type
from keras_seqext.testing.checks.catalogue import load_checks
from keras_seqext.testing.contexts.cell import CellContext
from keras_seqext.testing.core.registry import Check, up_to
from keras_seqext.testing.report.report import Report

from .check_layer import LayerCheckError
from .object_runner import chosen, required_options, run


class CellCheckError(LayerCheckError):
    """One error that lists every failed check; `report` holds all results."""


def list_cell_checks(level: str = "strict") -> list[Check]:
    """The checks of cells up to a level.

    Args:
        level: `"core"`, `"recommended"` (with core) or `"strict"` (all).

    >>> [check.name for check in list_cell_checks("core")][:3]
    ['construct', 'state_size', 'step']
    """
    return up_to(level, load_checks("cell"))


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
    expected = required_options(on_fail, expected_failures)
    for argument, value, least in (
        ("input_dim", input_dim, 1),
        ("batch_size", batch_size, 2),
        ("steps", steps, 3),
    ):
        checked_integer(argument, value, least)
    checked_integer("seed", seed, 0)
    make, label = _maker(target)
    context = CellContext(make, name or label, input_dim, batch_size, steps, seed)
    report = run(
        context,
        chosen("cells", load_checks("cell"), level, checks),
        expected,
        "steps",
        lambda check: (
            f"check_cell({context.label}, input_dim={input_dim}, checks=[{check!r}], seed={seed})"
        ),
        {"sample": {"input_dim": input_dim, "steps": steps}},
    )
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
        raise wrong_type(
            "target",
            target,
            "a cell, a cell class or a function that returns a new cell",
            "Pass e.g. `lambda: MyCell(3)`.",
        )
    label = getattr(target, "__name__", type(target).__name__)
    return target, "cell" if label == "<lambda>" else str(label)
