"""Formatting of sizes, counts and values for `__repr__` and messages."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from itertools import islice
from typing import Any


def format_bytes(count: float) -> str:
    """Return a number of bytes as text, with a decimal unit.

    >>> format_bytes(512), format_bytes(47_090_512), format_bytes(3e9)
    ('512 bytes', '47.1 MB', '3.0 GB')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count:,.0f} bytes"


def format_first(values: Iterable[object], count: int, limit: int = 3) -> str:
    """Return the first `limit` of `count` values as text, with dots if there are more.

    >>> format_first(["the", "cat", "sat", "down"], 4)
    "'the', 'cat', 'sat', ..."
    """
    parts = [
        f"{value:.4g}" if isinstance(value, float) else repr(value)
        for value in islice(values, limit)
    ]
    return ", ".join(parts + ["..."] if count > limit else parts)


def format_count(number: int, noun: str) -> str:
    """Return a number and its noun as text, such as `1 window` or `2,000 windows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def changed_fields(data: Any) -> str:
    """Return a dataclass as the text of a call, without the arguments that have their default."""
    parts = []
    for each in fields(data):
        value = getattr(data, each.name)
        default = each.default
        if default is MISSING and each.default_factory is not MISSING:
            default = each.default_factory()
        if each.repr and (default is MISSING or value != default):
            parts.append(f"{each.name}={value!r}")
    return f"{type(data).__name__}({', '.join(parts)})"
