"""Outcomes of a check that does not pass, and the assertions that raise them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

_CAUGHT = "Exception encountered: "


class CheckFailure(AssertionError):
    """The claim of the check does not hold; the message includes where and by how much."""


class NotApplicable(Exception):
    """The check does not apply to this layer; the message is the reason."""


class Skipped(Exception):
    """The check cannot run here, for example because a package is not installed."""


def require(condition: Any, message: str) -> None:
    """Raise `CheckFailure` with `message` unless `condition` holds."""
    if not condition:
        raise CheckFailure(message)


def require_close(actual: Any, expected: Any, tolerance: float, what: str) -> None:
    """Raise `CheckFailure` unless two arrays are equal within a relative tolerance.

    Args:
        actual: Actual values.
        expected: Expected values.
        tolerance: Largest `|actual - expected| / (|expected| + max |expected|)`; 0 for equality.
        what: Names of the two arrays in the message, as in `"padded, alone"`.
    """
    left, right = (part.strip() for part in what.split(",", 1))
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape:
        raise CheckFailure(f"shapes differ: {left} {actual.shape}, {right} {expected.shape}")
    if actual.dtype.kind not in "fc" and expected.dtype.kind not in "fc":
        wrong = actual != expected
    else:
        actual, expected = _wide(actual), _wide(expected)
        both_nan = np.isnan(actual) & np.isnan(expected)
        same = (actual == expected) | both_nan
        finite = np.where(np.isfinite(expected), np.abs(expected), 0)
        # The largest value is part of the scale: a difference near zero is measured against the
        # size of the array, not against a value that happens to cancel.
        scale = finite + (finite.max() if finite.size else 0.0)
        with np.errstate(invalid="ignore"):
            error = np.abs(actual - expected)
        wrong = ~same & ~(error <= tolerance * scale)
    if not wrong.any():
        return
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    with np.errstate(invalid="ignore"):
        worst = (
            np.nanmax(np.abs(_wide(actual) - _wide(expected))[wrong])
            if not np.isnan(_wide(actual) - _wide(expected))[wrong].all()
            else np.nan
        )
    raise CheckFailure(
        f"at index {place}: {left} {actual[place]!s:.12}, {right} {expected[place]!s:.12}; "
        f"{int(wrong.sum())} of {wrong.size} values differ, by up to {worst:.3g} "
        f"(tolerance {tolerance:g} of the size)"
    )


def _wide(values: Any) -> Any:
    return values.astype(np.complex128 if values.dtype.kind == "c" else np.float64)


def require_finite(values: Any, what: str) -> None:
    """Raise `CheckFailure` if a value is NaN or infinite."""
    values = np.asarray(values)
    if values.dtype.kind not in "fc":
        return
    bad = ~np.isfinite(values)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        raise CheckFailure(
            f"{what} is not finite at index {place}: {values[place]} "
            f"({int(bad.sum())} of {bad.size} values)"
        )


def first_line(error: BaseException | None) -> str:
    """Return the type and the first line of an error, or of its cause if Keras names one."""
    cause = cause_in(str(error))
    if cause:
        return f"{cause.splitlines()[0]} (in {type(error).__name__})"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {(lines or [''])[0][:300]}"


def cause_in(text: str) -> str:
    """Return the cause that a message of Keras ends with, or an empty string.

    Keras prints a whole config before the error that it caught when it deserialized an object.

    >>> cause_in("<class 'A'> could not be deserialized. config={}. Exception encountered: no 'n'")
    "no 'n'"
    """
    return text.rpartition(_CAUGHT)[2].strip() if _CAUGHT in text else ""


@contextmanager
def naming(words: str) -> Iterator[None]:
    """Prepend a few words to the message of a failure raised in the block."""
    try:
        yield
    except CheckFailure as failure:
        raise CheckFailure(f"{words}: {failure}") from None
