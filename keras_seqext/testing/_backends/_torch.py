"""Gradients and compilation on torch."""

from collections.abc import Callable, Sequence
from typing import Any


def gradients(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> tuple[float, list[Any], list[Any]]:
    """Value and gradients of `function(*inputs)`, a scalar, by `inputs` and `variables`.

    A gradient is `None` where there is no path.
    """
    import keras
    import torch

    tensors = [
        keras.ops.convert_to_tensor(value).detach().clone().requires_grad_(True) for value in inputs
    ]
    values = [variable.value for variable in variables]
    loss = function(*tensors)
    if not loss.requires_grad:
        return float(loss), [None] * len(tensors), [None] * len(values)
    found = torch.autograd.grad(loss, [*tensors, *values], allow_unused=True)
    arrays = [None if g is None else g.detach().cpu().numpy() for g in found]
    return float(loss), arrays[: len(tensors)], arrays[len(tensors) :]


def compiled(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` of tensors traced by `torch.compile`, which needs no compiler this way."""
    import torch

    torch._dynamo.reset()
    return torch.compile(function, backend="eager")  # type: ignore[no-any-return]


def repeated(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` for many calls on arrays of the same shapes."""
    return function


def repeated_gradients(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Gradients of `function(inputs, rest)`, a scalar, by the list `inputs` and the weights.

    The result is called as `(inputs, rest)` and gives value, gradients by `inputs` and by
    `layer.trainable_variables`.
    """

    def run(inputs: list[Any], rest: Any) -> tuple[float, list[Any], list[Any]]:
        def loss(*tensors: Any) -> Any:
            return function(list(tensors), rest)

        return gradients(loss, inputs, list(layer.trainable_variables))

    return run
