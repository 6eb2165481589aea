"""Registering checks of cells, apart from those of layers."""

from collections.abc import Callable
from typing import Any

from .._registry import Check, CheckFunction
from .._registry import check as register

CELL_CHECKS: dict[str, Check] = {}


def check(level: str, **options: Any) -> Callable[[CheckFunction], CheckFunction]:
    """Registers a function of a `CellContext`; it waits for `step` by default."""
    options.setdefault("after", ("step",))
    return register(level, into=CELL_CHECKS, **options)
