"""Between NumPy and the backend, for outputs of any nesting."""

import inspect
from typing import Any

import numpy as np


def to_numpy(tensor: Any) -> Any:
    """Any tensor as a NumPy array; sparse ones become dense, 16-bit floats become float32."""
    import keras

    if tensor is None:
        return None
    if getattr(tensor, "sparse", False) or type(tensor).__name__ in ("SparseTensor", "BCOO"):
        tensor = keras.ops.convert_to_tensor(tensor, sparse=False)
    dtype = keras.backend.standardize_dtype(tensor.dtype) if hasattr(tensor, "dtype") else None
    if dtype == "bfloat16":
        tensor = keras.ops.cast(tensor, "float32")
    return np.array(keras.ops.convert_to_numpy(tensor))


def to_tensors(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """NumPy arguments as tensors; strings stay as they are."""
    import keras

    def convert(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind not in "USO":
            return keras.ops.convert_to_tensor(value)
        return value

    return tuple(
        type(a)(convert(part) for part in a) if isinstance(a, (list, tuple)) else convert(a)
        for a in arguments
    )


def flat_outputs(outputs: Any) -> list[Any]:
    """Every tensor of an output, in a fixed order, as NumPy arrays."""
    import keras

    return [to_numpy(part) for part in keras.tree.flatten(outputs) if part is not None]


def accepts(layer: Any, argument: str) -> bool:
    """Whether `call` has that argument by name."""
    return argument in inspect.signature(layer.call).parameters


def dtype_of(tensor: Any) -> str:
    """The dtype as Keras names it."""
    import keras

    return str(keras.backend.standardize_dtype(tensor.dtype))
