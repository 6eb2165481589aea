"""Traces on torch for inputs of unknown size."""

from collections.abc import Callable, Sequence
from typing import Any

from keras_seqext.testing.core.failure import Skipped, first_line


def traced_with_unknown_sizes(
    function: Callable[..., Any], layer: Any, arguments: Sequence[Any], shapes: Sequence[Any]
) -> Callable[..., Any]:
    """Return `function` exported with dynamic sizes.

    Raises:
        Skipped: If torch cannot trace it. The recurrent loop of Keras needs a known length.
    """
    import keras
    import torch

    class Module(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, *values: Any) -> Any:
            return function(*values)

    # torch infers the range of each size; it is an error if it turns out to be a constant.
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
        raise Skipped(
            f"torch cannot trace it with a symbolic length: {first_line(error)}"
        ) from error
    return lambda *found: run(*map(keras.ops.convert_to_tensor, found))
