"""Tracing, and steps that update variables, on JAX."""

from collections.abc import Callable
from typing import Any

from keras_seqext.testing.backends.without_generator import generator_state as generator_state
from keras_seqext.testing.backends.without_generator import (
    save_generator_state as save_generator_state,
)

from .stateless import stateless, values_of


def is_symbolic(value: Any) -> bool:
    """Return whether a value is a tracer."""
    import jax

    return isinstance(value, jax.core.Tracer)


def trace(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> None:
    """Trace `function(*arguments)` without computing values.

    Raises:
        Exception: If a tracer is still referenced after the trace, where JAX can detect it.
    """
    import jax
    import keras

    def flat(*tensors: Any) -> Any:
        return keras.tree.flatten(function(*tensors))

    with jax.checking_leaks():
        jax.make_jaxpr(stateless(flat, layer))(values_of(layer.variables), *arguments)


def compiled_step(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Return `function` under `jax.jit`, with updates of the variables of `layer` applied."""
    import jax
    import keras

    @jax.jit
    def updating(values: list[Any], arguments: tuple[Any, ...]) -> Any:
        mapping = list(zip(layer.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping) as scope:
            outputs = function(*arguments)
        new = [scope.get_current_value(variable) for variable in layer.variables]
        # A variable without an update has no current value in the scope.
        updated = [old if now is None else now for old, now in zip(values, new, strict=True)]
        return keras.tree.flatten(outputs), updated

    def step(*arguments: Any) -> Any:
        outputs, values = updating(values_of(layer.variables), arguments)
        for variable, value in zip(layer.variables, values, strict=True):
            variable.assign(value)
        return outputs

    return step


def global_draw() -> float | None:
    """Return `None`: JAX has no global random generator."""
    return None
