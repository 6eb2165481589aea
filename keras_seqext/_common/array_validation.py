"""Validation of arrays with a known shape, for functions that use only NumPy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .validation import wrong_type, wrong_value


def checked_array(name: str, value: Any, *shapes: tuple[int | str, ...]) -> NDArray[Any]:
    """Return `value` as a numeric or boolean array, and check that it has one of `shapes`.

    Args:
        name: Name of the argument, for the message.
        value: Anything that `numpy.asarray` accepts.
        *shapes: Accepted shapes. An integer is a required size; a string names an axis of any
            size.

    Raises:
        TypeError: If `value` is not an array of numbers.
        ValueError: If its shape is not one of `shapes`.

    >>> checked_array("kernel", [[1.0], [2.0]], (2, "units")).shape
    (2, 1)
    """
    expected = "numbers of shape " + " or ".join(map(_format_shape, shapes))
    remedy = f"Pass e.g. a NumPy array of shape {_format_shape(shapes[-1])}."
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):  # ragged lists, tensors that need gradients
        raise wrong_type(name, value, expected, remedy) from None
    if array.dtype.kind not in "fiubV":  # V: bfloat16 of JAX and TensorFlow
        raise wrong_type(name, value, expected, remedy)
    if not any(_matches(array.shape, shape) for shape in shapes):
        raise wrong_value(name, array, expected, remedy)
    return array


def _matches(actual: tuple[int, ...], shape: tuple[int | str, ...]) -> bool:
    return len(actual) == len(shape) and all(
        isinstance(size, str) or size == found for size, found in zip(shape, actual, strict=True)
    )


def _format_shape(shape: tuple[int | str, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
