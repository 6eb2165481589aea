"""What a function costs on torch, counted while it runs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

LEAVING = ("numpy", "item", "tolist", "__array__", "__bool__", "__float__", "__int__")
WRAPPERS = ("transform", "error_handler", "<lambda>")
INSIDE_KERAS = ("/keras/src/backend/", "/keras/src/ops/", "/keras/src/random/", "/keras/src/utils/")


def graph_size(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> int:
    """Number of operations that run: torch has no loop but Python's."""
    return int(_counted(function, arguments)[0])


def flops(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> tuple[float, float]:
    """Arithmetic of the whole function, and the size of its largest array."""
    _, work, largest = _counted(function, arguments)
    return work, largest


def host_transfers(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Where code other than Keras' own operations reads the values of a tensor."""
    found: list[str] = []
    with _watched(found):
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
def _watched(found: list[str]) -> Iterator[None]:
    import torch

    missing = object()
    before = {name: vars(torch.Tensor).get(name, missing) for name in LEAVING}

    def watch(name: str) -> Callable[..., Any]:
        original = getattr(torch.Tensor, name)

        def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
            place = _culprit()
            if place and place not in found and self.device.type != "meta":
                found.append(f"Tensor.{name} in {place}")
            return original(self, *args, **kwargs)

        return watched

    for name in LEAVING:
        setattr(torch.Tensor, name, watch(name))
    try:
        yield
    finally:
        for name, original in before.items():
            if original is missing:
                delattr(torch.Tensor, name)
            else:
                setattr(torch.Tensor, name, original)


def _culprit() -> str | None:
    """The line that asked for values; `None` where an operation of Keras needs them itself."""
    frame: Any = sys._getframe(2)
    asked = False
    while frame is not None:
        path = frame.f_code.co_filename.replace("\\", "/")
        if "/torch/" in path and "/keras/" not in path:
            pass
        elif not any(part in path for part in INSIDE_KERAS):
            return f"{path.rsplit('/', 1)[-1]}:{frame.f_lineno}"
        elif frame.f_code.co_name == "convert_to_numpy":
            asked = True
        elif not asked or frame.f_code.co_name not in WRAPPERS:
            return None
        frame = frame.f_back
    return None


def new_compilations(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Nothing: outside of `torch.compile` torch compiles nothing."""
    return []
