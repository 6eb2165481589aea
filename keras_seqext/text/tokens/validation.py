"""Argument validation of the text tools."""

from collections.abc import Iterable, Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from keras_seqext._common.validation import checked_number, format_value, wrong_type, wrong_value

from .containers import column_names, describe_columns, is_table, is_unordered


def check_no_table(name: str, value: Any, expected: str) -> None:
    """Raise an error for a table, whose iteration gives the names of its columns."""
    if is_table(value):
        raise TypeError(
            f"`{name}` must be {expected}. Received: {describe_columns(value)}. Pass one column, "
            f"e.g. {name}[{next(iter(column_names(value)), 'text')!r}]."
        )


def check_ordered(name: str, value: Any, expected: str) -> None:
    """Raise an error for a set, whose order differs in every process."""
    if is_unordered(value):
        raise wrong_type(
            name,
            value,
            f"{expected}, in a fixed order",
            f"The order of a set differs in every process. Pass e.g. sorted({name}).",
        )


def checked_texts(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts of an iterable; raise an error for a single text."""
    if isinstance(texts, (str, bytes)):
        raise TypeError(
            f"`texts` must be an iterable of strings, one per document. Received one "
            f"{type(texts).__name__}, {format_value(texts)}: put it in a list, [text]."
        )
    if isinstance(texts, Mapping) or not isinstance(texts, Iterable):
        raise wrong_type(
            "texts", texts, "an iterable of strings, one per document", "Pass e.g. a list of texts."
        )
    return (checked_text(text, f" Received as text {i}") for i, text in enumerate(texts))


def checked_text(text: object, received: str = " Received") -> str:
    """Return `text` if it is a string, else raise an error."""
    if isinstance(text, str):
        return text
    if isinstance(text, bytes):
        raise TypeError(
            f"A `text` must be a str.{received}: bytes; decode them first, text.decode('utf-8')."
        )
    raise TypeError(
        f"A `text` must be a str.{received}: {format_value(text)} of type {type(text).__name__}. "
        "Remove it, or convert it to a string with `str`."
    )


def checked_items(name: str, items: Any, contents: str) -> Iterable[Any]:
    """Return `items` if it is an iterable other than a string.

    Args:
        name: Name of the argument.
        items: Value of the argument.
        contents: Description of the items, for the error message.
    """
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        raise wrong_type(name, items, f"a list of {contents}", f"Pass a list of {contents}.")
    return items


def checked_config(config: Any, keys: Iterable[str]) -> Mapping[str, Any]:
    """Return `config` if it is a mapping with all `keys`."""
    remedy = "Pass the result of `get_config`."
    if not isinstance(config, Mapping):
        raise wrong_type("config", config, "a dict", remedy)
    for key in keys:
        if key not in config:
            raise ValueError(
                f"`config` is incomplete: {key!r} is missing. Received the keys: "
                f"{list(config)[:8]}. {remedy}"
            )
    return config


def float_dtype(dtype: Any) -> np.dtype[Any]:
    """Return `dtype` as a floating-point dtype of NumPy."""
    expected, remedy = "a float dtype of NumPy", "Pass e.g. 'float32'."
    try:
        kind: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        raise wrong_value("dtype", dtype, expected, remedy) from None
    if kind.kind != "f" or dtype is None:
        raise wrong_value("dtype", dtype, expected, remedy)
    return kind


def checked_gigabytes(value: Any) -> float:
    """Return the limit for the size of a dense result."""
    return checked_number(
        "max_gigabytes",
        value,
        "a number above 0",
        lambda number: number > 0,
        "Pass e.g. 4.0, or float('inf') for no limit.",
        finite=False,
    )


def check_dense_size(
    shape: tuple[int, ...], dtype: np.dtype, max_gigabytes: float, remedy: str
) -> None:
    """Raise an error with the size and `remedy` for an array larger than `max_gigabytes`."""
    max_gigabytes = checked_gigabytes(max_gigabytes)
    gigabytes = prod(shape) * dtype.itemsize / 1e9
    if gigabytes > max_gigabytes:
        raise ValueError(
            f"A dense {dtype} array of shape {shape} takes {gigabytes:,.1f} GB, more than "
            f"`max_gigabytes`={max_gigabytes:g}. {remedy}"
        )
