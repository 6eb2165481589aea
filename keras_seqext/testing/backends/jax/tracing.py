"""Tracing, and steps that update variables, on JAX."""

from collections.abc import Callable
from typing import Any


def is_symbolic(value: Any) -> bool:
    """Whether it stands for a tensor of a graph in the making."""
    import jax

    return isinstance(value, jax.core.Tracer)


def trace(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> None:
    """Traces `function(*arguments)` and runs nothing.

    Raises:
        Exception: If a tracer outlives the trace, where JAX can see it.
    """
    import jax
    import keras

    def stateless(values: list[Any], arguments: tuple[Any, ...]) -> Any:
        mapping = list(zip(layer.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return keras.tree.flatten(function(*arguments))

    with jax.checking_leaks():
        jax.make_jaxpr(stateless)([v.value for v in layer.variables], arguments)


def compiled_step(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` under `jax.jit`; updates of the variables of `layer` are kept."""
    import jax
    import keras

    @jax.jit
    def stateless(values: list[Any], arguments: tuple[Any, ...]) -> Any:
        mapping = list(zip(layer.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping) as scope:
            outputs = function(*arguments)
        news = [scope.get_current_value(v) for v in layer.variables]
        kept = [v if new is None else new for v, new in zip(values, news, strict=True)]
        return keras.tree.flatten(outputs), kept

    def step(*arguments: Any) -> Any:
        outputs, values = stateless([v.value for v in layer.variables], arguments)
        for variable, value in zip(layer.variables, values, strict=True):
            variable.assign(value)
        return outputs

    return step


def global_draw() -> float | None:
    """A number from the global random generator of the backend: JAX has none."""
    return None


def save_generator_state() -> Callable[[], None]:
    """Nothing is kept: Keras draws from seeds alone on this backend."""
    return lambda: None


def generator_state() -> bytes | None:
    """The state of the global generator: there is none."""
    return None
