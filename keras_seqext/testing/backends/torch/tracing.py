"""Tracing, and steps that update variables, on torch."""

from collections.abc import Callable
from typing import Any


def is_symbolic(value: Any) -> bool:
    """Whether it stands for a tensor without values: Keras infers shapes with meta tensors."""
    import torch

    if not isinstance(value, torch.Tensor):
        return False
    fake = type(value).__name__ in ("FakeTensor", "FunctionalTensor")
    return bool(fake or value.device.type == "meta")


def trace(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> None:
    """Nothing: on torch a layer runs as it is, in `fit` as well."""


def compiled_step(function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    """`function` as it is, as `fit` runs it on torch."""
    return function


def global_draw() -> float | None:
    """A number from the global random generator of the backend."""
    import torch

    return float(torch.rand(()))


def save_generator_state() -> Callable[[], None]:
    """Keeps the state of the global generator, and returns what puts it back."""
    import torch

    state = torch.get_rng_state()
    return lambda: torch.set_rng_state(state)


def generator_state() -> bytes | None:
    """The state of the global generator."""
    import torch

    return bytes(torch.get_rng_state().numpy().tobytes())
