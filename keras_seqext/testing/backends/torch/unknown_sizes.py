"""Traces on torch for inputs of unknown size."""

from collections.abc import Callable, Sequence
from typing import Any


def traced_with_unknown_sizes(
    function: Callable[..., Any], layer: Any, arguments: Sequence[Any], shapes: Sequence[Any]
) -> Callable[..., Any]:
    """`function` of tensors, traced once; a name in a shape, such as `"steps"`, is any size.

    Skipped where torch cannot trace it so: Keras' own recurrent loop needs a length.
    """
    import keras
    import torch

    from keras_seqext.testing.core.failure import Skipped

    class Module(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, *values: Any) -> Any:
            return function(*values)

    # Any size that the operations allow, found by torch; a size that is frozen is an error.
    dynamic = tuple(
        {axis: torch.export.Dim.DYNAMIC for axis, size in enumerate(shape) if isinstance(size, str)}
        for shape in shapes
    )
    tensors = tuple(keras.ops.convert_to_tensor(value) for value in arguments)
    try:
        with torch.no_grad():
            program = torch.export.export(
                Module(), tensors, dynamic_shapes=(dynamic,), strict=False
            )
        run = program.module()
    except Exception as error:
        raise Skipped(f"torch cannot trace it with a symbolic length: {_brief(error)}") from error
    return lambda *found: run(*map(keras.ops.convert_to_tensor, found))


def _brief(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {(lines or [''])[0][:200]}"
