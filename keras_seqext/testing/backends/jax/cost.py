"""Cost of a function on JAX, computed from its jaxpr without compiling it."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

from .stateless import stateless, values_of

COMPILING = re.compile(r"Compiling (?:jit\()?([\w<>.]+)\)? with global shapes")
CONTROL_FLOW = ("scan", "while", "while_loop", "cond", "switch", "associative_scan")


def graph_size(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> int:
    """Return the number of equations in the jaxpr; the body of a loop counts once."""
    return sum(1 for _ in _equations(_jaxpr(function, layer, arguments), 1))


def flops(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> tuple[float, float]:
    """Return the number of arithmetic operations and the size of the largest array."""
    work, largest = 0.0, 0.0
    for equation, times in _equations(_jaxpr(function, layer, arguments), 1):
        sizes = [float(v.aval.size) for v in equation.outvars if hasattr(v.aval, "size")]
        work += times * _flops(equation, sizes)
        largest = max([largest, *sizes])
    return work, largest


def host_transfers(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Return the names of the primitives that call back into Python."""
    found = _equations(_jaxpr(function, layer, arguments), 1)
    return [str(e.primitive.name) for e, _ in found if "callback" in e.primitive.name]


def _jaxpr(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> Any:
    import jax

    run = stateless(function, layer)
    return jax.make_jaxpr(run)(values_of(layer.variables), *arguments).jaxpr


def _equations(jaxpr: Any, times: int) -> Iterator[tuple[Any, int]]:
    """Yield every primitive equation, including nested ones, with its number of executions."""
    for equation in jaxpr.eqns:
        inner = [j for value in equation.params.values() for j in _jaxprs(value)]
        if not inner:
            yield equation, times
        for part in inner:
            # Only `scan` has a `length`; the iterations of a `while` are unknown and count once.
            yield from _equations(part, times * int(equation.params.get("length", 1)))


def _jaxprs(value: Any) -> list[Any]:
    if hasattr(value, "jaxpr"):
        return [value.jaxpr]
    if hasattr(value, "eqns"):
        return [value]
    if isinstance(value, (list, tuple)):
        return [jaxpr for part in value for jaxpr in _jaxprs(part)]
    return []


def _flops(equation: Any, sizes: list[float]) -> float:
    name, out = equation.primitive.name, sum(sizes)
    if name == "dot_general":
        (contracted, _), _ = equation.params["dimension_numbers"]
        shape = equation.invars[0].aval.shape
        for axis in contracted:
            out *= shape[axis]
        return 2 * out
    if name == "conv_general_dilated":
        kernel = equation.invars[1].aval
        spec = equation.params["dimension_numbers"].rhs_spec
        return 2 * out * float(kernel.size) / float(max(kernel.shape[spec[0]], 1))
    if name.startswith("reduce"):
        return sum(float(v.aval.size) for v in equation.invars if hasattr(v.aval, "size"))
    return out


def new_compilations(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Return the names of the functions that a call of `function` compiles.

    Loops and branches are not included: JAX compiles them in every call outside of `jax.jit`.
    """
    import jax

    # JAX has no counter of compilations; it logs one line for each.
    texts: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            texts.append(record.getMessage())

    logger, handler = logging.getLogger("jax"), Collector()
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        with jax.log_compiles(True):
            function(*arguments)
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
    names = [match[1] for text in texts if (match := COMPILING.match(text))]
    return [name for name in names if name not in CONTROL_FLOW]
