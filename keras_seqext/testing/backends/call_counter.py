"""Number of times that a function is traced."""

from collections.abc import Callable
from typing import Any


def count_calls(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[[], int]]:
    """Return `function`, and a function that returns the number of its calls so far."""
    calls = [0]

    def run(*arguments: Any) -> Any:
        calls[0] += 1
        return function(*arguments)

    return run, lambda: calls[0]


def count_traces(
    compiled: Callable[..., Any], function: Callable[..., Any], layer: Any, xla: bool | None
) -> tuple[Callable[..., Any], Callable[[], int]]:
    """Return a compiled function, and a function that returns the number of its traces so far.

    A compiled function runs in Python only while it is traced.

    Args:
        compiled: `compiled` of the backend.
        function: Function to compile.
        layer: Layer that the function calls.
        xla: Whether to use XLA.
    """
    traced, traces = count_calls(function)
    return compiled(traced, layer, xla=xla), traces
