"""Checks of cost and memory: operations grow as declared, and calls do not leak.

Operations and objects are counted, not timed, so the results do not depend on the machine.
"""

import gc
import itertools
import math
import sys
import time
from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import to_tensors
from keras_seqext.testing.helpers.compiling import plain_call, require_compilable, run_or_fail
from keras_seqext.testing.helpers.resized_inputs import batch, resized, variable_length
from keras_seqext.testing.helpers.states import shared_layer

GRAPH_STEPS = (8, 16, 32)
STEPS = (32, 64, 128)
ROWS = (8, 16, 32)
SLACK = 0.2
WARM_UP, CALLS = 4, 20
# A call of more than 0.1 seconds, such as an eager loop over time on JAX, is repeated less often.
SLOW_CALL, CALLS_IF_SLOW = 0.1, 4


@layer_check("recommended", after=("call_finite", "jit_parity"), backends=("tensorflow", "jax"))
def graph_size(ctx: Context) -> None:
    """The size of the compiled graph does not depend on the number of time steps.

    Why it matters: an unrolled graph of 1,000 steps takes minutes to compile.
    Usual causes: a Python loop over time. Use `keras.ops.scan`, `keras.layers.RNN` or an operation
    on the whole sequence.
    """
    require_compilable(ctx)
    variable_length(ctx)
    layer = shared_layer(ctx)
    if layer.get_config().get("unroll"):
        raise NotApplicable("the layer is configured with unroll=True")
    shortest = max(GRAPH_STEPS[0], ctx.traits.min_length)
    counts = [shortest * steps // GRAPH_STEPS[0] for steps in GRAPH_STEPS]
    sizes = [_graph_size(ctx, layer, steps) for steps in counts]
    # A tree over time, such as an associative scan, adds as many operations per doubling of the
    # length; an unrolled loop adds twice as many as at the doubling before.
    unrolled = sizes[2] - sizes[1] > 1.5 * (sizes[1] - sizes[0])
    require(
        sizes[2] < 1.5 * sizes[0] or not unrolled,
        f"the graph has {sizes[0]}, {sizes[1]} and {sizes[2]} operations for {counts} time steps",
    )


@layer_check("recommended", after=("call_finite", "jit_parity"), cost="medium")
def time_scaling(ctx: Context) -> None:
    """The number of operations grows with the number of time steps at most as declared.

    Why it matters: with quadratic growth, twice the length costs four times as much.
    Usual causes: every step depends on every other step, as in attention: declare
    `Traits(time_exponent=2.0)`; a sum over the past that is recomputed in every step.
    """
    require_compilable(ctx)
    variable_length(ctx)
    costs = [_cost(ctx, steps=steps)[0] for steps in STEPS]
    _grows(ctx, costs, STEPS, "time steps", ctx.traits.time_exponent)


@layer_check("recommended", after=("call_finite", "jit_parity"), cost="medium")
def batch_scaling(ctx: Context) -> None:
    """The number of operations is proportional to the batch size.

    Why it matters: otherwise a larger batch costs more per row.
    Usual causes: every row depends on every other row; the batch axis is broadcast against itself.
    """
    require_compilable(ctx)
    if not ctx.traits.per_example:
        raise NotApplicable("per_example=False is declared")
    batch(ctx)
    costs = [_cost(ctx, rows=rows)[0] for rows in ROWS]
    _grows(ctx, costs, ROWS, "rows", 1.0)


@layer_check("strict", after=("call_finite", "jit_parity"), cost="medium")
def memory_scaling(ctx: Context) -> None:
    """The largest intermediate array grows with the number of time steps at most as declared.

    Why it matters: a matrix of steps by steps exhausts the memory on long sequences.
    Usual causes: attention weights, or a mask of steps by steps, that are held in memory as a
    whole.
    """
    require_compilable(ctx)
    variable_length(ctx)
    sizes = [_cost(ctx, steps=steps)[1] for steps in STEPS]
    _grows(ctx, sizes, STEPS, "time steps", ctx.traits.time_exponent)


@layer_check("recommended", cost="medium")
def no_leak(ctx: Context) -> None:
    """Calls do not leak tensors, objects or entries of lists.

    Why it matters: the memory is exhausted after hours.
    Usual causes: results appended to a list on `self`; an unbounded cache; a new variable in every
    call.
    Reference: keras-team/keras 20245, 19500.
    """
    layer = ctx.built()
    tensors = to_tensors(ctx.inputs())

    def run(times: int) -> float:
        begin = time.perf_counter()
        for _ in range(times):
            ctx.call(layer, *tensors)
        return (time.perf_counter() - begin) / times

    run(WARM_UP)
    calls = CALLS if run(1) < SLOW_CALL else CALLS_IF_SLOW
    frozen = gc.get_freeze_count() == 0
    if frozen:
        gc.freeze()  # the collector then inspects only objects that the calls create
    try:
        for _ in range(2):  # the count itself fills caches
            run(1)
            _alive(layer)
        alive = [_alive(layer)]
        for _ in range(2):
            run(calls)
            alive.append(_alive(layer))
    finally:
        if frozen:
            gc.unfreeze()
    for what in alive[0]:
        # The smaller growth counts, because an object may be created once, in a late call.
        grown = [after[what] - before[what] for before, after in itertools.pairwise(alive)]
        require(
            min(grown) < calls,
            f"{calls} calls on the same input leaked {grown[1]} {what}",
        )


def _graph_size(ctx: Context, layer: Any, steps: int) -> int:
    module, function = backends.current(), plain_call(ctx, layer)
    size: int = run_or_fail(
        f"tracing {steps} steps",
        lambda: module.graph_size(function, layer, _tensors(ctx, steps=steps)),
    )
    return size


def _tensors(ctx: Context, rows: int | None = None, steps: int | None = None) -> tuple[Any, ...]:
    return to_tensors(resized(ctx, rows, steps))


def _cost(ctx: Context, rows: int | None = None, steps: int | None = None) -> tuple[float, float]:
    def make() -> tuple[float, float]:
        layer = shared_layer(ctx)
        return run_or_fail(  # type: ignore[no-any-return]
            f"tracing {rows or 'the'} rows of {steps or 'the'} steps",
            lambda: backends.current().flops(
                plain_call(ctx, layer), layer, _tensors(ctx, rows, steps)
            ),
        )

    found: tuple[float, float] = ctx.cached(f"cost {rows} {steps}", make)
    return found


def _grows(
    ctx: Context, costs: list[float], sizes: tuple[int, ...], what: str, allowed: float
) -> None:
    if min(costs) <= 0:
        raise NotApplicable("the layer performs no arithmetic")
    # The exponent between the two largest sizes, where constant costs matter least.
    exponent = math.log(costs[-1] / costs[-2]) / math.log(sizes[-1] / sizes[-2])
    shown = ", ".join(f"{cost:.4g}" for cost in costs)
    require(
        exponent <= allowed + ctx.tolerance(SLACK),
        f"the cost is {shown} for {', '.join(map(str, sizes))} {what}, an exponent of "
        f"{exponent:.2f}; at most {allowed:g} is declared",
    )


def _alive(layer: Any) -> dict[str, int]:
    gc.collect()
    return {
        "objects": len(gc.get_objects()),
        "tensors": backends.current().live_tensors(),
        "variables": len(layer.variables),
        "bytes in its containers": _container_bytes(layer),
    }


def _container_bytes(layer: Any, depth: int = 3) -> int:
    """Return the number of bytes of the containers and arrays among the attributes of the layer."""
    total, todo, seen = 0, [(value, depth) for value in vars(layer).values()], set()
    while todo:
        value, left = todo.pop()
        if id(value) in seen or left == 0:
            continue
        seen.add(id(value))
        if isinstance(value, (list, dict, set, bytearray, str)) or hasattr(value, "maxlen"):
            total += sys.getsizeof(value)
        if isinstance(value, dict):
            todo += [(part, left - 1) for part in value.values()]
        elif isinstance(value, (list, set, tuple)):
            todo += [(part, left - 1) for part in value]
        elif isinstance(value, np.ndarray):
            total += value.nbytes
    return total
