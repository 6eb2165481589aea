"""Checks that several text tools share."""

import operator
from collections.abc import Iterable, Iterator, Mapping
from math import prod

import numpy as np


def checked_texts(texts: Iterable[str]) -> Iterator[str]:
    """Yields the texts of any iterable; one text alone is an error, not a list of letters."""
    if isinstance(texts, (str, bytes)):
        raise TypeError(
            f"`texts` must be an iterable of strings, one a document. Received one "
            f"{type(texts).__name__}: put it in a list, [text]."
        )
    if isinstance(texts, Mapping) or not isinstance(texts, Iterable):
        raise TypeError(
            f"`texts` must be an iterable of strings, one a document. "
            f"Received: {texts!r} of type {type(texts).__name__}."
        )
    return (checked_text(text, f" Received as text {i}") for i, text in enumerate(texts))


def checked_text(text: object, received: str = " Received") -> str:
    """The text itself, if it is one."""
    if isinstance(text, str):
        return text
    if isinstance(text, bytes):
        raise TypeError(
            f"A text must be a str.{received}: bytes; decode them first, text.decode('utf-8')."
        )
    raise TypeError(f"A text must be a str.{received}: {text!r} of type {type(text).__name__}.")


def checked_count(name: str, value: object, minimum: int = 1) -> int:
    """`value` as an integer of at least `minimum`."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = minimum - 1
    if number < minimum:
        raise ValueError(
            f"`{name}` must be an integer of at least {minimum}. Received: {name}={value!r}."
        )
    return number


def check_dense_size(
    shape: tuple[int, ...], dtype: np.dtype, max_gigabytes: float, instead: str
) -> None:
    """Refuses an array that would fill the memory; names the size and the way out."""
    gigabytes = prod(shape) * dtype.itemsize / 1e9
    if gigabytes > max_gigabytes:
        raise ValueError(
            f"A dense {dtype} array of shape {shape} takes {gigabytes:,.1f} GB, more than "
            f"max_gigabytes={max_gigabytes:g}. {instead}"
        )
