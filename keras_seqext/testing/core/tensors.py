"""Conversion between NumPy arrays and tensors of the backend, for nested values."""

import inspect
from typing import Any

import numpy as np


def is_nested(value: Any) -> bool:
    """Return whether an argument of a call holds several arrays: a list, a tuple or a dict."""
    return isinstance(value, (list, tuple, dict))


def to_numpy(tensor: Any) -> Any:
    """Return a tensor as a NumPy array; sparse tensors become dense, bfloat16 becomes float32."""
    import keras

    if tensor is None:
        return None
    if getattr(tensor, "sparse", False) or type(tensor).__name__ in ("SparseTensor", "BCOO"):
        tensor = keras.ops.convert_to_tensor(tensor, sparse=False)
    # NumPy has no bfloat16; every bfloat16 is exact in float32.
    dtype = keras.backend.standardize_dtype(tensor.dtype) if hasattr(tensor, "dtype") else None
    if dtype == "bfloat16":
        tensor = keras.ops.cast(tensor, "float32")
    return np.array(keras.ops.convert_to_numpy(tensor))


def to_tensors(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return NumPy arguments as tensors; strings are not converted."""
    import keras

    def convert(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind not in "USO":
            return keras.ops.convert_to_tensor(value)
        return value

    return tuple(keras.tree.map_structure(convert, argument) for argument in arguments)


def flat_outputs(outputs: Any) -> list[Any]:
    """Return every tensor of an output as a NumPy array, in a fixed order."""
    import keras

    return [to_numpy(part) for part in keras.tree.flatten(outputs) if part is not None]


def accepts(layer: Any, argument: str) -> bool:
    """Return whether `call` has an argument of that name."""
    return argument in inspect.signature(layer.call).parameters


def dtype_of(tensor: Any) -> str:
    """Return the Keras name of the dtype of a tensor."""
    import keras

    return str(keras.backend.standardize_dtype(tensor.dtype))
