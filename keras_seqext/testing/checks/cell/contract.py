"""Checks of a single step of a cell: arguments, outputs, shapes and gradients."""

import inspect
from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.cell import CellContext
from keras_seqext.testing.core.failure import NotApplicable, require, require_finite
from keras_seqext.testing.core.registry import cell_check
from keras_seqext.testing.core.tensors import dtype_of, flat_outputs, to_tensors

SAME = 1e-6


@cell_check("core", after=())
def construct(ctx: CellContext) -> None:
    """The cell can be constructed twice, and `call` takes the inputs and the states of a step.

    Why it matters: `keras.layers.RNN` calls `cell(inputs, states)` and rejects other cells.
    Usual causes: `call` without an argument for the states; a constructor that needs a tensor.
    """
    first, second = ctx.new(), ctx.new()
    require(first is not second, "constructing the cell twice returned the same object")
    parameters = list(inspect.signature(first.call).parameters)
    require(
        len(parameters) >= 2,
        f"`call` must take inputs and states. Received: call{inspect.signature(first.call)}",
    )


@cell_check("core", after=("construct",))
def state_size(ctx: CellContext) -> None:
    """`state_size` is the size of each state, and is set before the cell is built.

    Why it matters: `keras.layers.RNN` and `StackedRNNCells` read it to create the initial states.
    Usual causes: the attribute is missing or is set in `build`; it is a float; it includes the
    batch size.
    """
    cell = ctx.new()
    require(hasattr(cell, "state_size"), "the cell has no attribute `state_size`")
    try:
        sizes = ctx.sizes(cell)
    except TypeError:
        sizes = []
    good = bool(sizes) and all(
        isinstance(n, int) and not isinstance(n, bool) and n > 0 for size in sizes for n in size
    )
    require(
        good,
        "`state_size` must be a positive integer, a tuple of positive integers, or a list of "
        f"either. Received: {cell.state_size!r}",
    )


@cell_check("core", after=("state_size",))
def step(ctx: CellContext) -> None:
    """A step returns the output and as many new states as it received, with the same shapes.

    Why it matters: the new states are the states of the next step.
    Usual causes: `call` returns only the output, or one of several states; a state that grows.
    """
    cell = ctx.new()
    states = ctx.states(cell)
    result = ctx.call(cell, ctx.x(), states)
    require(
        isinstance(result, (tuple, list)) and len(result) == 2,
        "`call` must return a tuple of the output and the new states. It returned "
        f"{type(result).__name__}" + (f" of {len(result)}" if isinstance(result, tuple) else ""),
    )
    output, news = flat_outputs(result[0]), flat_outputs(result[1])
    require(
        len(output) == 1, f"the output must be a single tensor; the cell returned {len(output)}"
    )
    require(
        output[0].shape[:1] == (ctx.batch,),
        f"the output has shape {output[0].shape} for a batch of {ctx.batch}",
    )
    expected = [(ctx.batch, *size) for size in ctx.sizes(cell)]
    found = [state.shape for state in news]
    require(
        found == expected,
        f"the new states have shapes {found}; expected {expected} from `state_size`",
    )
    for place, value in enumerate([*output, *news]):
        require_finite(value, "the output" if place == 0 else f"new state {place - 1}")


@cell_check("core")
def output_size(ctx: CellContext) -> None:
    """`output_size`, or the first entry of `state_size` without it, is the size of the output.

    Why it matters: `keras.layers.RNN` derives its own output shape from it.
    Usual causes: a projection after the state, with `output_size` missing.
    """
    cell = ctx.built()
    output = ctx.step(cell, ctx.x(), ctx.states(cell))[0]
    declared = getattr(cell, "output_size", None)
    size = ctx.sizes(cell)[0] if declared is None else declared
    size = (size,) if isinstance(size, int) else tuple(size)
    name = "the first entry of `state_size`" if declared is None else "`output_size`"
    require(
        output.shape[1:] == size,
        f"{name} is {size}, but the output has shape {output.shape[1:]} without the batch axis",
    )


@cell_check("core")
def initial_state(ctx: CellContext) -> None:
    """`get_initial_state(batch_size=...)` returns states of `state_size` in the compute dtype.

    Why it matters: every sequence starts from these states, including inside compiled code.
    Usual causes: the argument has another name; float32 under mixed precision; only one of several
    states is returned.
    """
    cell = ctx.built()
    if not hasattr(cell, "get_initial_state"):
        raise NotApplicable("the cell does not define `get_initial_state`, so Keras uses zeros")
    for batch in (ctx.batch, 1):
        states = cell.get_initial_state(batch_size=batch)
        flat = _flat(states)
        found = [tuple(state.shape) for state in flat]
        expected = [(batch, *size) for size in ctx.sizes(cell)]
        require(
            found == expected,
            f"batch_size={batch} gives states of shapes {found}; expected {expected} from "
            "`state_size`",
        )
        for state in flat:
            require(
                dtype_of(state) == cell.compute_dtype,
                f"an initial state is {dtype_of(state)}; the compute dtype is {cell.compute_dtype}",
            )
    output = ctx.step(cell, ctx.x(), ctx.zero_states(cell))[0]
    require_finite(output, "the first output")


def _flat(states: Any) -> list[Any]:
    import keras

    return list(keras.tree.flatten(states))


@cell_check("recommended")
def state_structure(ctx: CellContext) -> None:
    """A list of states gives a list of new states; a state passed as a tensor gives a tensor.

    Why it matters: a custom loop passes the returned states on, and their structure must not
    change.
    Usual causes: `return output, output` regardless of the structure of the states; `states[0]` of
    a tensor, which is its first row.
    """
    cell = ctx.built()
    states = ctx.states(cell)
    output, news = ctx.call(cell, ctx.x(), states)
    require(
        isinstance(news, (list, tuple)) and len(news) == len(states),
        f"a list of {len(states)} states gave a {type(news).__name__} of another length or type",
    )
    if len(states) > 1 or isinstance(states[0], list):
        return
    plain, new = ctx.call(cell, ctx.x(), states[0])
    require(
        not isinstance(new, (list, tuple)),
        f"a state passed as a tensor was returned as a {type(new).__name__}",
    )
    ctx.close(
        [*flat_outputs(plain), *flat_outputs(new)],
        [*flat_outputs(output), *flat_outputs(news)],
        SAME,
        "state passed as a tensor, as a list",
    )


@cell_check("core")
def step_pure(ctx: CellContext) -> None:
    """At inference a step depends only on its arguments, and each row only on its own row.

    Why it matters: on JAX, values that a cell stores on itself are lost or leak.
    Usual causes: the state is stored in an attribute; a mean over the batch.
    """
    cell = ctx.built()
    x, states = ctx.x(), ctx.states(cell)
    once = ctx.step(cell, x, states)
    ctx.step(cell, x * 3 + 1, ctx.packed(cell, [s - 1 for s in _flat(states)]))
    ctx.close(ctx.step(cell, x, states), once, SAME, "second call, first call")
    other = x.copy()
    other[0] = np.nan
    ctx.close(
        [value[1:] for value in ctx.step(cell, other, states)],
        [value[1:] for value in once],
        2e-5,
        "other rows with NaN in row 0, without it",
    )


@cell_check("recommended")
def state_matters(ctx: CellContext) -> None:
    """The output or a new state depends on each state and on the inputs.

    Why it matters: a cell that ignores its state is a Dense layer in a slow loop.
    Usual causes: a weight that multiplies the wrong argument; a state that is returned unchanged.
    """
    cell = ctx.built()
    x, states = ctx.x(), ctx.states(cell)
    once = ctx.step(cell, x, states)

    def differs(found: list[Any]) -> bool:
        return any(not np.allclose(a, b, atol=1e-6) for a, b in zip(found, once, strict=True))

    require(
        differs(ctx.step(cell, x + 1, states)), "different inputs give the same outputs and states"
    )
    flat = _flat(states)
    for number in range(len(flat)):
        changed = [state + (1 if place == number else 0) for place, state in enumerate(flat)]
        require(
            differs(ctx.step(cell, x, ctx.packed(cell, changed))),
            f"different values of state {number} give the same outputs and states",
        )


@cell_check("core")
def step_gradients(ctx: CellContext) -> None:
    """Every trainable weight, the inputs and the states have a finite gradient.

    Why it matters: a weight without a gradient is never trained.
    Usual causes: NumPy in `call`; a weight that is created and not used; `stop_gradient`.
    """
    import keras

    cell = ctx.built()
    flat = _flat(ctx.states(cell))
    rng = np.random.default_rng(ctx.seed + 3)
    weights = [
        rng.normal(size=value.shape).astype("float32")
        for value in ctx.step(cell, ctx.x(), ctx.states(cell))
    ]

    def loss(x: Any, *states: Any) -> Any:
        found = keras.tree.flatten(ctx.call(cell, x, ctx.packed(cell, list(states))))
        total: Any = 0.0
        for value, weight in zip(found, weights, strict=True):
            total = total + keras.ops.sum(value * to_tensors((weight,))[0])
        return total

    variables = list(cell.trainable_variables)
    _, inputs, found = backends.current().gradients(loss, [ctx.x(), *flat], variables)
    for variable, gradient in zip(variables, found, strict=True):
        require(
            gradient is not None and np.any(gradient),
            f"the gradient of {variable.path} is None or zero",
        )
        require_finite(gradient, f"the gradient of {variable.path}")
    require(
        inputs[0] is not None and np.any(inputs[0]),
        "the gradient with respect to the inputs is None or zero",
    )
    for gradient in inputs:
        if gradient is not None:
            require_finite(gradient, "the gradient with respect to the inputs or states")
