"""Gradients and compilation on JAX."""

from collections.abc import Callable, Sequence
from typing import Any


def gradients(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> tuple[float, list[Any], list[Any]]:
    """Value and gradients of `function(*inputs)`, a scalar, by `inputs` and `variables`.

    JAX knows no missing path: the gradient is zero there.
    """
    import jax
    import keras
    import numpy as np

    tensors = [keras.ops.convert_to_tensor(value) for value in inputs]
    values = [variable.value for variable in variables]

    def stateless(tensors: list[Any], values: list[Any]) -> Any:
        mapping = list(zip(variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return function(*tensors)

    loss, (by_inputs, by_values) = jax.value_and_grad(stateless, argnums=(0, 1))(tensors, values)
    return float(loss), [np.asarray(g) for g in by_inputs], [np.asarray(g) for g in by_values]


def compiled(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` of tensors under `jax.jit`; updates of variables are dropped."""
    import jax
    import keras

    def stateless(values: list[Any], arguments: tuple[Any, ...]) -> Any:
        mapping = list(zip(layer.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return function(*arguments)

    jitted = jax.jit(stateless)
    return lambda *arguments: jitted([v.value for v in layer.variables], arguments)
