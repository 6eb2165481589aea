"""Checks that several text tools share."""

from collections.abc import Iterable, Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from keras_seqext._common.validation import checked_number, format_value, wrong_type, wrong_value


def checked_texts(texts: Iterable[str]) -> Iterator[str]:
    """Yields the texts of any iterable; one text alone is an error, not a list of letters."""
    if isinstance(texts, (str, bytes)):
        raise TypeError(
            f"`texts` must be an iterable of strings, one a document. Received one "
            f"{type(texts).__name__}, {format_value(texts)}: put it in a list, [text]."
        )
    if isinstance(texts, Mapping) or not isinstance(texts, Iterable):
        raise wrong_type(
            "texts", texts, "an iterable of strings, one a document", "Pass e.g. a list of texts."
        )
    return (checked_text(text, f" Received as text {i}") for i, text in enumerate(texts))


def checked_text(text: object, received: str = " Received") -> str:
    """The text itself, if it is one."""
    if isinstance(text, str):
        return text
    if isinstance(text, bytes):
        raise TypeError(
            f"A `text` must be a str.{received}: bytes; decode them first, text.decode('utf-8')."
        )
    raise TypeError(
        f"A `text` must be a str.{received}: {format_value(text)} of type {type(text).__name__}. "
        "Leave it out, or turn it into a string with `str`."
    )


def checked_items(name: str, items: Any, of: str) -> Iterable[Any]:
    """`items`, if they can be iterated over and are not one text; `of` says what they are."""
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        raise wrong_type(name, items, f"a list of {of}", f"Pass a list of {of}.")
    return items


def checked_config(config: Any, keys: Iterable[str]) -> Mapping[str, Any]:
    """`config`, if it is a mapping with all `keys`."""
    remedy = "Pass what `get_config` gave."
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
    """`dtype` as a floating one of NumPy."""
    expected, remedy = "a float dtype of NumPy", "Pass e.g. 'float32'."
    try:
        kind: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        raise wrong_value("dtype", dtype, expected, remedy) from None
    if kind.kind != "f" or dtype is None:
        raise wrong_value("dtype", dtype, expected, remedy)
    return kind


def checked_gigabytes(value: Any) -> float:
    """How large a dense result may be."""
    return checked_number(
        "max_gigabytes",
        value,
        "a number above 0",
        lambda number: number > 0,
        "Pass e.g. 4.0, or float('inf') for no limit.",
        finite=False,
    )


def check_dense_size(
    shape: tuple[int, ...], dtype: np.dtype, max_gigabytes: float, instead: str
) -> None:
    """Refuses an array that would fill the memory; names the size and the way out."""
    max_gigabytes = checked_gigabytes(max_gigabytes)
    gigabytes = prod(shape) * dtype.itemsize / 1e9
    if gigabytes > max_gigabytes:
        raise ValueError(
            f"A dense {dtype} array of shape {shape} takes {gigabytes:,.1f} GB, more than "
            f"`max_gigabytes`={max_gigabytes:g}. {instead}"
        )
