"""How the parts of a `__repr__` are written."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from itertools import islice
from typing import Any


def format_bytes(count: float) -> str:
    """A number of bytes in words.

    >>> format_bytes(512), format_bytes(47_090_512), format_bytes(3e9)
    ('512 bytes', '47.1 MB', '3.0 GB')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count:,.0f} bytes"


def format_first(values: Iterable[object], count: int, shown: int = 3) -> str:
    """The first of `count` values, and dots if there are more.

    >>> format_first(["the", "cat", "sat", "down"], 4)
    "'the', 'cat', 'sat', ..."
    """
    parts = [
        f"{value:.4g}" if isinstance(value, float) else repr(value)
        for value in islice(values, shown)
    ]
    return ", ".join(parts + ["..."] if count > shown else parts)


def format_count(number: int, one: str) -> str:
    """`1 window`, `2,000 windows`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def changed_fields(data: Any) -> str:
    """A dataclass as a call with the arguments that are not the default."""
    parts = []
    for each in fields(data):
        value = getattr(data, each.name)
        default = each.default
        if default is MISSING and each.default_factory is not MISSING:
            default = each.default_factory()
        if each.repr and (default is MISSING or value != default):
            parts.append(f"{each.name}={value!r}")
    return f"{type(data).__name__}({', '.join(parts)})"
