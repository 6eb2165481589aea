"""What a layer can keep between calls: what it holds, and the module variables its call uses."""

import inspect
import types
from collections.abc import Iterator
from typing import Any

from .reachable_objects import iterate_reachable

LIBRARIES = ("keras", "tensorflow", "jax", "torch", "builtins")


def sublayers(layer: Any) -> list[Any]:
    """The layer and all layers that it holds, once each."""
    import keras

    held = (value for _, value in iterate_reachable(layer))
    return [layer, *(part for part in held if isinstance(part, keras.layers.Layer))]


def reachable_state(layer: Any) -> Iterator[tuple[str, Any]]:
    """`(way, value)` of all that the layer holds, and of what its code keeps in its module."""
    for way, value in iterate_reachable(layer):
        yield f"self.{way}", value
    for part in sublayers(layer):
        for cls in type(part).__mro__:
            if cls.__module__.split(".")[0] not in LIBRARIES:
                yield from _module_variables(cls)


def _module_variables(cls: type) -> Iterator[tuple[str, Any]]:
    """Variables of the module that methods of the class name; containers are looked into."""
    for method in vars(cls).values():
        function = inspect.unwrap(method) if callable(method) else None
        if not isinstance(function, types.FunctionType):
            continue
        for name in function.__code__.co_names:
            value = function.__globals__.get(name)
            way = f"{cls.__module__}.{name}"
            if isinstance(value, dict):
                yield from ((f"{way}[{key!r}]", part) for key, part in list(value.items()))
            elif isinstance(value, (list, set, tuple)):
                yield from ((f"{way}[{i}]", part) for i, part in enumerate(list(value)))
            elif value is not None and not isinstance(value, (type, types.ModuleType)):
                yield way, value
