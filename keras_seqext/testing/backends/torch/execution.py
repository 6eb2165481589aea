"""Gradients and compilation on torch."""

from collections.abc import Callable, Sequence
from typing import Any

from keras_seqext.testing.backends.live_objects import count_live

from .cost import flops as flops
from .cost import graph_size as graph_size
from .cost import host_transfers as host_transfers
from .cost import new_compilations as new_compilations
from .unknown_sizes import traced_with_unknown_sizes as traced_with_unknown_sizes


def gradients(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> tuple[float, list[Any], list[Any]]:
    """Return value and gradients; a gradient is `None` without a path to the loss."""
    import torch

    tensors = _leaves(inputs)
    values = [variable.value for variable in variables]
    loss = function(*tensors)
    if not loss.requires_grad:
        return float(loss), [None] * len(tensors), [None] * len(values)
    found = torch.autograd.grad(loss, [*tensors, *values], allow_unused=True)
    arrays = _as_numpy(found)
    return float(loss), arrays[: len(tensors)], arrays[len(tensors) :]


def compiled(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> Callable[..., Any]:
    """Return `function` traced by `torch.compile`; the backend `eager` needs no compiler."""
    import torch

    torch._dynamo.reset()
    return torch.compile(function, backend="eager")  # type: ignore[no-any-return]


def repeated(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Return `function`: eager calls are fast on torch."""
    return function


def repeated_gradients(
    function: Callable[..., Any], layer: Any
) -> Callable[[list[Any], Any], tuple[float, list[Any], list[Any]]]:
    """Return a function of `(inputs, rest)` that returns value and gradients."""

    def run(inputs: list[Any], rest: Any) -> tuple[float, list[Any], list[Any]]:
        def loss(*tensors: Any) -> Any:
            return function(list(tensors), rest)

        return gradients(loss, inputs, list(layer.trainable_variables))

    return run


def compiled_counting(
    function: Callable[..., Any], layer: Any, *, xla: bool | None = None
) -> tuple[Callable[..., Any], Callable[[], int]]:
    """Return `compiled(function)`, and a function that returns the number of graphs so far."""
    import torch

    graphs = [0]

    # A backend of `torch.compile` is called once per graph, with the graph and example inputs.
    def counting(graph: Any, example_inputs: Any) -> Any:
        graphs[0] += 1
        return graph.forward

    torch._dynamo.reset()
    return torch.compile(function, backend=counting), lambda: graphs[0]


def traces_of_sizes(
    function: Callable[..., Any], layer: Any, calls: Sequence[tuple[Any, ...]]
) -> int:
    """Return 1: torch traces for each size that its guards distinguish."""
    return 1


def second_order(
    function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
) -> list[Any]:
    """Return the gradients of the summed squared gradients of `function`, a scalar."""
    import torch

    tensors = _leaves(inputs)
    watched = [*tensors, *(variable.value for variable in variables)]
    loss = function(*tensors)
    if not loss.requires_grad:
        return [None] * len(watched)
    first = torch.autograd.grad(loss, watched, allow_unused=True, create_graph=True)
    total = sum((g**2).sum() for g in first if g is not None)
    if not isinstance(total, torch.Tensor) or not total.requires_grad:
        return [None] * len(watched)
    found = torch.autograd.grad(total, watched, allow_unused=True)
    return _as_numpy(found)


def live_tensors() -> int:
    """Return the number of tensors in memory."""
    import torch

    return count_live(torch.Tensor)


def exported(model: Any, folder: str, arguments: Sequence[Any]) -> Callable[..., Any]:
    """Export a model with `torch.export`, load it, and return it as a function of NumPy arrays.

    Args:
        model: Model to export.
        folder: Folder of the file.
        arguments: Arrays of the sizes to trace with. The batch size is unknown in the exported
            model if it is unknown in `model`.
    """
    import os

    import keras
    import numpy as np
    import torch

    path = os.path.join(folder, "model.pt2")
    signature: Any = [keras.InputSpec(shape=a.shape, dtype=str(a.dtype)) for a in arguments]
    # Without this, Keras traces with an unknown size of 1, which torch treats as a constant.
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


def _leaves(inputs: Sequence[Any]) -> list[Any]:
    """Return new tensors with the values of `inputs` that record gradients."""
    import keras

    return [
        keras.ops.convert_to_tensor(value).detach().clone().requires_grad_(True) for value in inputs
    ]


def _as_numpy(gradients: Sequence[Any]) -> list[Any]:
    return [None if g is None else g.detach().cpu().numpy() for g in gradients]
