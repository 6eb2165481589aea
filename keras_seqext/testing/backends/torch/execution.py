"""Gradients and compilation on torch."""

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


def compiled(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> Callable[..., Any]:
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


def compiled_counting(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> tuple[Callable[..., Any], Callable[[], int]]:
    """`compiled(function)`, and a function that says how many graphs were made so far."""
    import torch

    made = [0]

    def counting(graph: Any, example_inputs: Any) -> Any:
        made[0] += 1
        return graph.forward

    torch._dynamo.reset()
    return torch.compile(function, backend=counting), lambda: made[0]


def traces_of_sizes(
    function: Callable[..., Any], layer: Any, calls: Sequence[tuple[Any, ...]]
) -> int:
    """One: torch traces for each size that its guards tell apart."""
    return 1


def second_order(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> list[Any]:
    """Gradients of the summed squares of the gradients of `function`, a scalar."""
    import keras
    import torch

    tensors = [
        keras.ops.convert_to_tensor(value).detach().clone().requires_grad_(True) for value in inputs
    ]
    watched = [*tensors, *(variable.value for variable in variables)]
    loss = function(*tensors)
    if not loss.requires_grad:
        return [None] * len(watched)
    first = torch.autograd.grad(loss, watched, allow_unused=True, create_graph=True)
    total = sum((g**2).sum() for g in first if g is not None)
    if not isinstance(total, torch.Tensor) or not total.requires_grad:
        return [None] * len(watched)
    found = torch.autograd.grad(total, watched, allow_unused=True)
    return [None if gradient is None else gradient.detach().cpu().numpy() for gradient in found]


def live_tensors() -> int:
    """Number of tensors that are alive."""
    import gc

    import torch

    # `isinstance` would ask some lazy modules for their class and load them.
    return sum(1 for thing in gc.get_objects() if issubclass(type(thing), torch.Tensor))


def exported(model: Any, folder: str, arguments: Sequence[Any]) -> Callable[..., Any]:
    """The model written by `torch.export` and read again, a function of NumPy arrays.

    Args:
        model: To export.
        folder: To write to.
        arguments: Arrays of the sizes to trace with; a model with an open batch size keeps it so.
    """
    import os

    import keras
    import numpy as np
    import torch

    path = os.path.join(folder, "model.pt2")
    signature: Any = [keras.InputSpec(shape=a.shape, dtype=str(a.dtype)) for a in arguments]
    # Without this, Keras traces with an open size of 1, which torch then takes for a constant.
    rows = torch.export.Dim("rows")
    sizes: Any = [{0: rows} for _ in arguments]
    options: dict[str, Any] = {}
    if model.inputs[0].shape[0] is None:
        options["dynamic_shapes"] = ((sizes,),) if len(sizes) > 1 else (sizes[0],)
    model.export(
        path,
        format="torch",
        verbose=False,
        input_signature=[signature] if len(signature) > 1 else signature,
        **options,
    )
    program = torch.export.load(path).module()

    def run(*arrays: Any) -> list[Any]:
        tensors = [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays]
        with torch.no_grad():
            outputs = program(tensors[0] if len(tensors) == 1 else tensors)
        flat = torch.utils._pytree.tree_leaves(outputs)
        return [output.detach().cpu().numpy() for output in flat]

    return run
