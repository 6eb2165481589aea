"""Argument validation and error messages.

Every message has three parts: the expected value, the value received and a remedy.
"""

import math
import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .choices import did_you_mean

_WIDTH = 80


def format_value(value: object) -> str:
    """Return `value` as one short line for a message, and an array or a table as its shape.

    >>> format_value(np.zeros((2, 3))), format_value("x" * 100)[-5:]
    ('a ndarray of shape (2, 3) and dtype float64', 'xx...')
    """
    shape = getattr(value, "shape", ())
    if isinstance(shape, Iterable) and (shape := tuple(shape)):
        dtype = getattr(value, "dtype", None)
        with_dtype = "" if dtype is None else f" and dtype {dtype}"
        return f"a {type(value).__name__} of shape {shape}{with_dtype}"
    plain = value.item() if isinstance(value, np.generic) else value
    text = " ".join(repr(plain).split())
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."


def wrong_value(name: str, value: object, expected: str, remedy: str) -> ValueError:
    """Return the error for a value that is out of range; `expected` follows "must be"."""
    return ValueError(
        f"`{name}` must be {expected}. Received: {name}={format_value(value)}. {remedy}"
    )


def wrong_type(name: str, value: object, expected: str, remedy: str) -> TypeError:
    """Return the error for a value of the wrong type; `expected` follows "must be"."""
    return TypeError(
        f"`{name}` must be {expected}. Received: {name}={format_value(value)} (of type "
        f"{type(value).__name__}). {remedy}"
    )


def unknown_argument(call: str, name: str, value: object, known: Iterable[str]) -> TypeError:
    """Return the error for an unknown keyword argument, with the most similar known name."""
    known = sorted(known)
    remedy = did_you_mean(name, known) or f" Use one of {', '.join(known)}."
    return TypeError(
        f"`{call}` takes no argument `{name}`. Received: {name}={format_value(value)}.{remedy}"
    )


def checked_integer(
    name: str, value: object, least: int, most: int | None = None, remedy: str = ""
) -> int:
    """Return `value` as an `int`, and check that it lies between `least` and `most`.

    >>> checked_integer("units", np.int64(3), 1)
    3
    """
    limits = f">= {least}" if most is None else f"from {least} to {most}"
    remedy = remedy or f"Pass a whole number {limits}."
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise wrong_type(name, value, f"an integer {limits}", remedy) from None
    if number < least or (most is not None and number > most):
        raise wrong_value(name, value, f"an integer {limits}", remedy)
    return number


def checked_number(
    name: str,
    value: Any,
    expected: str,
    fits: Callable[[float], bool],
    remedy: str,
    finite: bool = True,
) -> float:
    """Return `value` as a `float`, and check that `fits(value)` is true.

    Args:
        name: Name of the argument.
        value: The value passed. Booleans and strings are rejected, although `float` accepts them.
        expected: Description of the valid values; it follows "must be" in the message.
        fits: Returns whether a number is valid.
        remedy: Sentence that ends the message.
        finite: Whether infinity and NaN are rejected.
    """
    try:
        if isinstance(value, (bool, np.bool_, str, bytes)):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError):
        raise wrong_type(name, value, expected, remedy) from None
    if (finite and not math.isfinite(number)) or not fits(number):
        raise wrong_value(name, value, expected, remedy)
    return number


def checked_rate(name: str, value: Any) -> float:
    """Return a dropout rate as a `float`, and check that it lies in `[0, 1)`."""
    expected = "a number in [0, 1), the fraction to drop"
    return checked_number(
        name, value, expected, lambda rate: 0 <= rate < 1, f"Pass e.g. {name}=0.2, or 0 for none."
    )


def checked_flag(name: str, value: object) -> bool:
    """Return `value` as a `bool`, and reject any other type, such as `"no"`, which is truthy."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise wrong_type(name, value, "True or False", f"Pass {name}=True or {name}=False.")
