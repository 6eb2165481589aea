"""One step of a cell: what goes in, what comes out, of which shape."""

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
    """The cell can be made twice, and `call` takes the inputs and the states of one step.

    Why it matters: `keras.layers.RNN` calls `cell(inputs, states)` and refuses anything else.
    Usual causes: `call` without an argument for the states; the constructor needs a tensor.
    """
    first, second = ctx.new(), ctx.new()
    require(first is not second, "making it twice gave one and the same object")
    parameters = list(inspect.signature(first.call).parameters)
    require(
        len(parameters) >= 2,
        f"`call` must take inputs and states: call{inspect.signature(first.call)}",
    )


@cell_check("core", after=("construct",))
def state_size(ctx: CellContext) -> None:
    """`state_size` gives the size of each state, before the cell is built.

    Why it matters: `keras.layers.RNN` and `StackedRNNCells` read it to make the first states.
    Usual causes: the attribute is missing or set in `build`; a float; the batch size within it.
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
        "`state_size` must be a positive integer, a tuple, or a list of those. Found: "
        f"{cell.state_size!r}",
    )


@cell_check("core", after=("state_size",))
def step(ctx: CellContext) -> None:
    """One step gives the output and as many new states as went in, each of the same shape.

    Why it matters: the new states are the states of the next step.
    Usual causes: `call` returns the output alone, or one state of several; a state grows.
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
    require(len(output) == 1, f"the output must be one tensor; these are {len(output)}")
    require(
        output[0].shape[:1] == (ctx.batch,),
        f"the output has shape {output[0].shape} for a batch of {ctx.batch}",
    )
    expected = [(ctx.batch, *size) for size in ctx.sizes(cell)]
    found = [state.shape for state in news]
    require(found == expected, f"the new states have shapes {found}, `state_size` says {expected}")
    for place, value in enumerate([*output, *news]):
        require_finite(value, "the output" if place == 0 else f"new state {place - 1}")


@cell_check("core")
def output_size(ctx: CellContext) -> None:
    """`output_size`, or else the first state size, is the size of the output.

    Why it matters: `keras.layers.RNN` takes the shape of its own output from there.
    Usual causes: a projection after the state, with `output_size` left out.
    """
    cell = ctx.built()
    output = ctx.step(cell, ctx.x(), ctx.states(cell))[0]
    declared = getattr(cell, "output_size", None)
    size = ctx.sizes(cell)[0] if declared is None else declared
    size = (size,) if isinstance(size, int) else tuple(size)
    name = "the first of `state_size`" if declared is None else "`output_size`"
    require(
        output.shape[1:] == size, f"{name} says {size}, the output has shape {output.shape[1:]}"
    )


@cell_check("core")
def initial_state(ctx: CellContext) -> None:
    """`get_initial_state(batch_size=...)` gives states that fit `state_size`, in compute dtype.

    Why it matters: every sequence begins with them, inside compiled code as well.
    Usual causes: the argument has another name; float32 under mixed precision; one state of
    several.
    """
    cell = ctx.built()
    if not hasattr(cell, "get_initial_state"):
        raise NotApplicable("the cell has none, so Keras takes zeros")
    for batch in (ctx.batch, 1):
        states = cell.get_initial_state(batch_size=batch)
        flat = _flat(states)
        found = [tuple(state.shape) for state in flat]
        expected = [(batch, *size) for size in ctx.sizes(cell)]
        require(
            found == expected,
            f"batch_size={batch} gives states of shapes {found}, `state_size` says {expected}",
        )
        for state in flat:
            require(
                dtype_of(state) == cell.compute_dtype,
                f"a state is {dtype_of(state)}, the compute dtype is {cell.compute_dtype}",
            )
    output = ctx.step(cell, ctx.x(), ctx.zero_states(cell))[0]
    require_finite(output, "the first output")


def _flat(states: Any) -> list[Any]:
    import keras

    return list(keras.tree.flatten(states))


@cell_check("recommended")
def state_structure(ctx: CellContext) -> None:
    """A list of states gives a list of new states; one state as a tensor gives a tensor.

    Why it matters: a loop of one's own hands on what it got, and its structure must not change.
    Usual causes: `return output, output` whatever came in; `states[0]` of a tensor, which is its
    first row.
    """
    cell = ctx.built()
    states = ctx.states(cell)
    output, news = ctx.call(cell, ctx.x(), states)
    require(
        isinstance(news, (list, tuple)) and len(news) == len(states),
        f"a list of {len(states)} states gave a {type(news).__name__}",
    )
    if len(states) > 1 or isinstance(states[0], list):
        return
    plain, new = ctx.call(cell, ctx.x(), states[0])
    require(
        not isinstance(new, (list, tuple)),
        f"a state given as a tensor came back as a {type(new).__name__}",
    )
    ctx.close(
        [*flat_outputs(plain), *flat_outputs(new)],
        [*flat_outputs(output), *flat_outputs(news)],
        SAME,
        "state as a tensor, in a list",
    )


@cell_check("core")
def step_pure(ctx: CellContext) -> None:
    """At inference a step depends on its arguments alone, and each row on its own row.

    Why it matters: on JAX whatever a cell keeps for itself is lost or leaks.
    Usual causes: the state is kept in an attribute; a mean over the batch.
    """
    cell = ctx.built()
    x, states = ctx.x(), ctx.states(cell)
    once = ctx.step(cell, x, states)
    ctx.step(cell, x * 3 + 1, ctx.packed(cell, [s - 1 for s in _flat(states)]))
    ctx.close(ctx.step(cell, x, states), once, SAME, "called again, at first")
    other = x.copy()
    other[0] = np.nan
    ctx.close(
        [value[1:] for value in ctx.step(cell, other, states)],
        [value[1:] for value in once],
        2e-5,
        "other rows with NaN in row 0, without",
    )


@cell_check("recommended")
def state_matters(ctx: CellContext) -> None:
    """The output or a new state depends on each state and on the inputs.

    Why it matters: a cell that forgets its state is a Dense layer in a slow loop.
    Usual causes: a weight that multiplies the wrong argument; a state returned as it came.
    """
    cell = ctx.built()
    x, states = ctx.x(), ctx.states(cell)
    once = ctx.step(cell, x, states)

    def differs(found: list[Any]) -> bool:
        return any(not np.allclose(a, b, atol=1e-6) for a, b in zip(found, once, strict=True))

    require(differs(ctx.step(cell, x + 1, states)), "other inputs give the same outputs and states")
    flat = _flat(states)
    for number in range(len(flat)):
        changed = [state + (1 if place == number else 0) for place, state in enumerate(flat)]
        require(
            differs(ctx.step(cell, x, ctx.packed(cell, changed))),
            f"another state {number} gives the same outputs and states",
        )


@cell_check("core")
def step_gradients(ctx: CellContext) -> None:
    """Every trainable weight, the inputs and the states have a finite gradient.

    Why it matters: a weight without one never learns.
    Usual causes: NumPy in `call`; a weight that is made and not used; `stop_gradient`.
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
            f"{variable.path} has no gradient, or only zeros",
        )
        require_finite(gradient, f"the gradient of {variable.path}")
    require(inputs[0] is not None and np.any(inputs[0]), "the inputs have no gradient")
    for gradient in inputs:
        if gradient is not None:
            require_finite(gradient, "the gradient by the inputs or states")
