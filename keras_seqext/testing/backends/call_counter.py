"""Counting how often a function is traced."""

from collections.abc import Callable
from typing import Any


def counted(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[[], int]]:
    """`function`, and a function that says how often it ran so far."""
    runs = [0]

    def run(*arguments: Any) -> Any:
        runs[0] += 1
        return function(*arguments)

    return run, lambda: runs[0]
