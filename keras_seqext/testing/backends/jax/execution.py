"""Gradients and compilation on JAX."""

from collections.abc import Callable, Sequence
from typing import Any

from .cost import flops as flops
from .cost import graph_size as graph_size
from .cost import host_transfers as host_transfers
from .cost import new_compilations as new_compilations
from .unknown_sizes import traced_with_unknown_sizes as traced_with_unknown_sizes


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


def compiled(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> Callable[..., Any]:
    """`function` of tensors under `jax.jit`, which is XLA; updates of variables are dropped."""
    import jax
    import keras

    def stateless(values: list[Any], arguments: tuple[Any, ...]) -> Any:
        mapping = list(zip(layer.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return function(*arguments)

    jitted = jax.jit(stateless)
    return lambda *arguments: jitted([v.value for v in layer.variables], arguments)


def repeated(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` for many calls on arrays of the same shapes; updates of variables are dropped.

    Compiled, because an eager loop over time is compiled anew in every call.
    """
    return compiled(function, layer)


def repeated_gradients(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Gradients of `function(inputs, rest)`, a scalar, by the list `inputs` and the weights.

    The result is called as `(inputs, rest)` and gives value, gradients by `inputs` and by
    `layer.trainable_variables`.
    """
    import jax
    import keras
    import numpy as np

    def stateless(inputs: list[Any], values: list[Any], others: list[Any], rest: Any) -> Any:
        mapping = [*zip(layer.trainable_variables, values, strict=True)]
        mapping += [*zip(layer.non_trainable_variables, others, strict=True)]
        with keras.StatelessScope(state_mapping=mapping):
            return function(inputs, rest)

    jitted = jax.jit(jax.value_and_grad(stateless, argnums=(0, 1)))

    def run(inputs: list[Any], rest: Any) -> tuple[float, list[Any], list[Any]]:
        values = [variable.value for variable in layer.trainable_variables]
        others = [variable.value for variable in layer.non_trainable_variables]
        loss, (by_inputs, by_values) = jitted(list(inputs), values, others, rest)
        return float(loss), [np.asarray(g) for g in by_inputs], [np.asarray(g) for g in by_values]

    return run


def compiled_counting(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> tuple[Callable[..., Any], Callable[[], int]]:
    """`compiled(function)`, and a function that says how often it was traced so far."""
    from keras_seqext.testing.backends.call_counter import counted

    traced, traces = counted(function)
    return compiled(traced, layer, xla=xla), traces


def traces_of_sizes(
    function: Callable[..., Any], layer: Any, calls: Sequence[tuple[Any, ...]]
) -> int:
    """One: JAX traces for each size, and nothing can be left open in `jax.jit`."""
    return 1


def second_order(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> list[Any]:
    """Gradients of the summed squares of the gradients of `function`, a scalar."""
    import jax
    import keras
    import numpy as np

    tensors = [keras.ops.convert_to_tensor(value) for value in inputs]
    values = [variable.value for variable in variables]

    def stateless(tensors: list[Any], values: list[Any]) -> Any:
        mapping = list(zip(variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return function(*tensors)

    def squares(tensors: list[Any], values: list[Any]) -> Any:
        found = jax.tree.leaves(jax.grad(stateless, argnums=(0, 1))(tensors, values))
        return sum((gradient**2).sum() for gradient in found)

    found = jax.jit(jax.grad(squares, argnums=(0, 1)))(tensors, values)
    return [np.asarray(gradient) for gradient in jax.tree.leaves(found)]


def live_tensors() -> int:
    """Number of arrays that are alive."""
    import jax

    return len(jax.live_arrays())


def exported(model: Any, folder: str, arguments: Sequence[Any]) -> Callable[..., Any]:
    """The model written as a TensorFlow SavedModel and read again, a function of NumPy arrays."""
    from keras_seqext.testing.backends.saved_model import exported as saved_model

    return saved_model(model, folder)
