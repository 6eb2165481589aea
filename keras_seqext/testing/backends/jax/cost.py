"""What a function costs on JAX, read from its jaxpr, without compiling it."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

COMPILING = re.compile(r"Compiling (?:jit\()?([\w<>.]+)\)? with global shapes")
CONTROL_FLOW = ("scan", "while", "while_loop", "cond", "switch", "associative_scan")


def graph_size(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> int:
    """Number of operations in the traced graph; the body of a loop counts once."""
    return sum(1 for _ in _equations(_jaxpr(function, layer, arguments), 1))


def flops(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> tuple[float, float]:
    """Arithmetic of the whole function, and the size of its largest array.

    A loop counts as often as it runs where that is known, and once otherwise.
    """
    work, largest = 0.0, 0.0
    for equation, times in _equations(_jaxpr(function, layer, arguments), 1):
        sizes = [float(v.aval.size) for v in equation.outvars if hasattr(v.aval, "size")]
        work += times * _flops(equation, sizes)
        largest = max([largest, *sizes])
    return work, largest


def host_transfers(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Operations that leave the device for Python, by name."""
    found = _equations(_jaxpr(function, layer, arguments), 1)
    return [str(e.primitive.name) for e, _ in found if "callback" in e.primitive.name]


def _jaxpr(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> Any:
    import jax
    import keras

    def stateless(values: list[Any], arguments: tuple[Any, ...]) -> Any:
        mapping = list(zip(layer.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return function(*arguments)

    return jax.make_jaxpr(stateless)([v.value for v in layer.variables], arguments).jaxpr


def _equations(jaxpr: Any, times: int) -> Iterator[tuple[Any, int]]:
    """Every primitive equation, inner ones too, with how often it runs."""
    for equation in jaxpr.eqns:
        inner = [j for value in equation.params.values() for j in _jaxprs(value)]
        if not inner:
            yield equation, times
        for part in inner:
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
    """Names of the functions that a call of `function` compiles.

    Loops and branches are left out: JAX compiles them in every call outside of `jax.jit`.
    """
    import jax

    texts: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            texts.append(record.getMessage())

    logger, handler = logging.getLogger("jax"), Keep()
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
