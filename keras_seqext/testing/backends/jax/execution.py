"""Gradients and compilation on JAX."""

from collections.abc import Callable, Sequence
from typing import Any

from keras_seqext.testing.backends.call_counter import count_traces
from keras_seqext.testing.backends.saved_model import exported as exported

from .cost import flops as flops
from .cost import graph_size as graph_size
from .cost import host_transfers as host_transfers
from .cost import new_compilations as new_compilations
from .stateless import call_with_values, stateless, values_of
from .unknown_sizes import traced_with_unknown_sizes as traced_with_unknown_sizes


def gradients(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> tuple[float, list[Any], list[Any]]:
    """Return value and gradients; JAX returns zeros where the loss does not depend on a value."""
    import jax
    import keras

    def loss(tensors: list[Any], values: list[Any]) -> Any:
        return call_with_values(function, variables, values, *tensors)

    tensors = [keras.ops.convert_to_tensor(value) for value in inputs]
    return _as_numpy(jax.value_and_grad(loss, argnums=(0, 1))(tensors, values_of(variables)))


def compiled(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> Callable[..., Any]:
    """Return `function` under `jax.jit`, which is XLA; updates of variables are dropped."""
    import jax

    jitted = jax.jit(stateless(function, layer))
    return lambda *arguments: jitted(values_of(layer.variables), *arguments)


def repeated(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Return `function` compiled, because JAX compiles an eager loop over time in every call."""
    return compiled(function, layer)


def repeated_gradients(
    function: Callable[..., Any], layer: Any
) -> Callable[[list[Any], Any], tuple[float, list[Any], list[Any]]]:
    """Return a compiled function of `(inputs, rest)` that returns value and gradients."""
    import jax

    def loss(inputs: list[Any], values: list[Any], others: list[Any], rest: Any) -> Any:
        variables = [*layer.trainable_variables, *layer.non_trainable_variables]
        return call_with_values(function, variables, [*values, *others], inputs, rest)

    jitted = jax.jit(jax.value_and_grad(loss, argnums=(0, 1)))

    def call(inputs: list[Any], rest: Any) -> tuple[float, list[Any], list[Any]]:
        values = values_of(layer.trainable_variables)
        others = values_of(layer.non_trainable_variables)
        return _as_numpy(jitted(list(inputs), values, others, rest))

    return call


def compiled_counting(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> tuple[Callable[..., Any], Callable[[], int]]:
    """Return `compiled(function)`, and a function that returns the number of traces so far."""
    return count_traces(compiled, function, layer, xla)


def traces_of_sizes(
    function: Callable[..., Any], layer: Any, calls: Sequence[tuple[Any, ...]]
) -> int:
    """Return 1: `jax.jit` traces for each size and has no unknown sizes."""
    return 1


def second_order(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> list[Any]:
    """Return the gradients of the summed squared gradients of `function`, a scalar."""
    import jax
    import keras
    import numpy as np

    def loss(tensors: list[Any], values: list[Any]) -> Any:
        return call_with_values(function, variables, values, *tensors)

    def squares(tensors: list[Any], values: list[Any]) -> Any:
        found = jax.tree.leaves(jax.grad(loss, argnums=(0, 1))(tensors, values))
        return sum((gradient**2).sum() for gradient in found)

    tensors = [keras.ops.convert_to_tensor(value) for value in inputs]
    found = jax.jit(jax.grad(squares, argnums=(0, 1)))(tensors, values_of(variables))
    return [np.asarray(gradient) for gradient in jax.tree.leaves(found)]


def live_tensors() -> int:
    """Return the number of arrays in memory."""
    import jax

    return len(jax.live_arrays())


def _as_numpy(result: Any) -> tuple[float, list[Any], list[Any]]:
    """Return the result of `jax.value_and_grad` with gradients by inputs and by variables."""
    import numpy as np

    loss, (by_inputs, by_values) = result
    return float(loss), [np.asarray(g) for g in by_inputs], [np.asarray(g) for g in by_values]
