"""Functions of a layer without state, the form that JAX transforms."""

from collections.abc import Callable, Sequence
from typing import Any


def call_with_values(
    function: Callable[..., Any], variables: Sequence[Any], values: Sequence[Any], *arguments: Any
) -> Any:
    """Return `function(*arguments)`, where the variables have these values during the call.

    Updates of variables are dropped.
    """
    import keras

    mapping = list(zip(variables, values, strict=True))
    with keras.StatelessScope(state_mapping=mapping):
        return function(*arguments)


def stateless(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Return a function of `(values, *arguments)`, with the values of `layer.variables`."""

    def run(values: list[Any], *arguments: Any) -> Any:
        return call_with_values(function, layer.variables, values, *arguments)

    return run


def values_of(variables: Sequence[Any]) -> list[Any]:
    """Return the JAX arrays of variables."""
    return [variable.value for variable in variables]
