"""Argument validation of the text tools."""

from collections.abc import Iterable, Iterator, Mapping
from math import prod
from os import PathLike
from typing import Any

import numpy as np

from keras_seqext._common.validation import checked_number, format_value, wrong_type, wrong_value

from .containers import (
    as_python,
    column_names,
    describe_columns,
    is_missing,
    is_table,
    is_tensor,
    is_unordered,
)


def check_no_table(name: str, value: Any, expected: str) -> None:
    """Raise an error for a table, whose iteration gives the names of its columns."""
    if is_table(value):
        raise _table_error(name, value, expected)


def _table_error(name: str, table: Any, expected: str) -> TypeError:
    first = next(iter(column_names(table)), "text")
    lazy = ".collect()" if hasattr(type(table), "collect") else ""
    return TypeError(
        f"`{name}` must be {expected}. Received: {describe_columns(table)}. Pass one column, "
        f"e.g. {name}{lazy}[{first!r}]."
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


def checked_texts(texts: Iterable[str], ordered: bool = True) -> Iterator[str]:
    """Yield the texts of an iterable; raise an error for a single text.

    Args:
        texts: Strings, or string scalars of NumPy or Arrow.
        ordered: Whether a set raises an error.
    """
    expected = "an iterable of strings, one per document"
    if isinstance(texts, (str, bytes)):
        raise TypeError(
            f"`texts` must be {expected}. Received one "
            f"{type(texts).__name__}, {format_value(texts)}: put it in a list, [text]."
        )
    check_one_column("texts", texts, expected)
    if ordered:
        check_ordered("texts", texts, expected)
    if not isinstance(texts, Iterable):
        raise wrong_type("texts", texts, expected, "Pass e.g. a list of texts.")
    return (
        text if isinstance(text, str) else checked_text(text, f" Received as text {i}")
        for i, text in enumerate(texts)
    )


def check_one_column(name: str, values: Any, expected: str) -> None:
    """Raise an error for tables, dicts of columns, tensors, and arrays with several axes."""
    if is_tensor(values):
        raise wrong_type(
            name,
            values,
            expected,
            f"Pass [text.decode() for text in {name}.numpy()], or encode the tensor in a graph "
            "with TextEncoder.to_tensorflow.",
        )
    if isinstance(values, Mapping):
        raise _table_error(name, values, expected)
    check_no_table(name, values, expected)
    axes = _num_axes(values)
    if axes != 1:
        remedy = f"Pass one column, e.g. {name}[:, 0]." if axes else f"Put it in a list, [{name}]."
        raise wrong_type(name, values, expected, remedy)


def _num_axes(values: Any) -> int:
    shape = getattr(values, "shape", None)
    return len(shape) if isinstance(shape, tuple) else 1


def checked_text(text: object, received: str = " Received") -> str:
    """Return `text` as a `str` if it is a string, else raise an error."""
    value = as_python(text)
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        raise TypeError(
            f"A `text` must be a str.{received}: bytes; decode them first, text.decode('utf-8')."
        )
    raise TypeError(
        f"A `text` must be a str.{received}: {format_value(text)} of type {type(text).__name__}. "
        + advice_for(text, "text")
    )


def advice_for(value: Any, kind: str) -> str:
    """Return the remedy for a value that is not a string.

    Args:
        value: The value.
        kind: Name of what is expected, `"text"` or `"token"`.
    """
    if is_missing(as_python(value)):
        return (
            f"Remove missing values first, e.g. {kind}s.dropna(), or replace them by an empty "
            f"{kind}, {kind}s.fillna(''); in polars, drop_nulls() and fill_null('')."
        )
    if is_tensor(value):
        return f"Convert the tensor to a str, {kind}.numpy().decode()."
    if is_table(value) or isinstance(value, Mapping):
        return f"Pass the strings of one column, e.g. [row['text'] for row in {kind}s]."
    if isinstance(value, PathLike):
        return "Read the file, Path(path).read_text()."
    if isinstance(value, Iterable):
        if kind == "token":
            return "Pass one list of tokens at a time."
        return "Pass one str per document: join a list of words with ' '.join(words)."
    return f"Convert each {kind} to a `str`, if it is one."


def checked_items(name: str, items: Any, contents: str, ordered: bool = True) -> Iterable[Any]:
    """Return `items` if it is an iterable other than a string, a table or a mapping.

    Args:
        name: Name of the argument.
        items: Value of the argument.
        contents: Description of the items, for the error message.
        ordered: Whether a set raises an error.
    """
    expected = f"a list of {contents}"
    check_no_table(name, items, expected)
    single = isinstance(items, (str, bytes, Mapping)) or _num_axes(items) == 0
    if single or not isinstance(items, Iterable):
        raise wrong_type(name, items, expected, f"Pass {expected}.")
    if ordered:
        check_ordered(name, items, expected)
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
