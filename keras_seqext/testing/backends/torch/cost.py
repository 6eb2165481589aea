"""Cost of a function on torch, counted while it runs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# Methods of `torch.Tensor` that copy values from the device to Python.
TO_HOST = ("numpy", "item", "tolist", "__array__", "__bool__", "__float__", "__int__")
# Functions of Keras between its operations and `convert_to_numpy`.
WRAPPERS = ("transform", "error_handler", "<lambda>")
INSIDE_KERAS = ("/keras/src/backend/", "/keras/src/ops/", "/keras/src/random/", "/keras/src/utils/")


def graph_size(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> int:
    """Return the number of operations that run; a loop in Python counts once per iteration."""
    return int(_counted(function, arguments)[0])


def flops(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> tuple[float, float]:
    """Return the number of arithmetic operations and the size of the largest array."""
    _, work, largest = _counted(function, arguments)
    return work, largest


def host_transfers(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Return the lines, outside of the operations of Keras, that read the values of a tensor."""
    found: list[str] = []
    with _recorded(found):
        function(*arguments)
    return found


def _counted(
    function: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[float, float, float]:
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils.flop_counter import flop_registry

    totals = [0.0, 0.0, 0.0]

    class Counter(TorchDispatchMode):
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            result = func(*args, **(kwargs or {}))
            parts = result if isinstance(result, (list, tuple)) else [result]
            sizes = [float(p.numel()) for p in parts if isinstance(p, torch.Tensor)]
            counter = flop_registry.get(func._overloadpacket)
            totals[0] += 1
            if counter is not None:
                totals[1] += float(counter(*args, **(kwargs or {}), out_val=result))
            elif not func.is_view:
                totals[1] += sum(sizes)
            totals[2] = max([totals[2], *sizes])
            return result

    with torch.no_grad(), Counter():
        function(*arguments)
    return totals[0], totals[1], totals[2]


@contextmanager
def _recorded(found: list[str]) -> Iterator[None]:
    """Replace the methods that copy values to Python, and add each use in the block to `found`."""
    import torch

    missing = object()
    before = {name: vars(torch.Tensor).get(name, missing) for name in TO_HOST}

    def record(name: str) -> Callable[..., Any]:
        original = getattr(torch.Tensor, name)

        def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
            place = _caller()
            if place and place not in found and self.device.type != "meta":
                found.append(f"Tensor.{name} in {place}")
            return original(self, *args, **kwargs)

        return recorded

    for name in TO_HOST:
        setattr(torch.Tensor, name, record(name))
    try:
        yield
    finally:
        for name, original in before.items():
            if original is missing:
                delattr(torch.Tensor, name)
            else:
                setattr(torch.Tensor, name, original)


def _caller() -> str | None:
    """Return the line that reads values; `None` if an operation of Keras reads them for itself."""
    frame: Any = sys._getframe(2)
    requested = False  # whether `convert_to_numpy` was called, on behalf of its caller
    while frame is not None:
        path = frame.f_code.co_filename.replace("\\", "/")
        if "/torch/" in path and "/keras/" not in path:
            pass
        elif not any(part in path for part in INSIDE_KERAS):
            return f"{path.rsplit('/', 1)[-1]}:{frame.f_lineno}"
        elif frame.f_code.co_name == "convert_to_numpy":
            requested = True
        elif not requested or frame.f_code.co_name not in WRAPPERS:
            return None
        frame = frame.f_back
    return None


def new_compilations(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Return an empty list: torch compiles only in `torch.compile`."""
    return []
