"""Arrays of a known shape, as arguments of what is NumPy alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .validation import wrong_type, wrong_value


def checked_array(name: str, value: Any, *shapes: tuple[int | str, ...]) -> NDArray[Any]:
    """`value` as an array of numbers or truth values, if it has one of `shapes`.

    Args:
        name: Of the argument.
        value: Anything NumPy makes an array of.
        *shapes: Sizes, and names of axes that may have any.

    >>> checked_array("kernel", [[1.0], [2.0]], (2, "units")).shape
    (2, 1)
    """
    expected = "numbers of shape " + " or ".join(map(_written, shapes))
    remedy = f"Pass e.g. a NumPy array of shape {_written(shapes[-1])}."
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):  # ragged lists, tensors that need gradients
        raise wrong_type(name, value, expected, remedy) from None
    if array.dtype.kind not in "fiubV":  # V: the bfloat16 of JAX and TensorFlow
        raise wrong_type(name, value, expected, remedy)
    if not any(_fits(array.shape, shape) for shape in shapes):
        raise wrong_value(name, array, expected, remedy)
    return array


def _fits(given: tuple[int, ...], shape: tuple[int | str, ...]) -> bool:
    return len(given) == len(shape) and all(
        isinstance(size, str) or size == found for size, found in zip(shape, given, strict=True)
    )


def _written(shape: tuple[int | str, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
