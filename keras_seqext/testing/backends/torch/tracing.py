"""Tracing, and steps that update variables, on torch."""

from collections.abc import Callable
from typing import Any


def is_symbolic(value: Any) -> bool:
    """Return whether a tensor has no values: Keras infers shapes with meta tensors."""
    import torch

    if not isinstance(value, torch.Tensor):
        return False
    fake = type(value).__name__ in ("FakeTensor", "FunctionalTensor")
    return bool(fake or value.device.type == "meta")


def trace(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> None:
    """Do nothing: on torch, `fit` does not trace a layer."""


def compiled_step(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """Return `function`, which `fit` runs without compiling it on torch."""
    return function


def global_draw() -> float | None:
    """Return a number from the global random generator of torch."""
    import torch

    return float(torch.rand(()))


def save_generator_state() -> Callable[[], None]:
    """Save the state of the global generator; return a function that restores it."""
    import torch

    state = torch.get_rng_state()
    return lambda: torch.set_rng_state(state)


def generator_state() -> bytes | None:
    """Return the state of the global generator."""
    import torch

    return bytes(torch.get_rng_state().numpy().tobytes())
