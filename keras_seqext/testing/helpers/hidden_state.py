"""State of a layer between calls: reachable objects and variables of its module."""

import inspect
import types
from collections.abc import Iterator
from typing import Any

from keras_seqext.testing.core.tensors import accepts

from .reachable_objects import iterate_reachable

LIBRARIES = ("keras", "tensorflow", "jax", "torch", "builtins")


def sublayers(layer: Any) -> list[Any]:
    """Return the layer and all of its sublayers, once each."""
    import keras

    reachable = (value for _, value in iterate_reachable(layer))
    return [layer, *(part for part in reachable if isinstance(part, keras.layers.Layer))]


def takes_training(layer: Any) -> bool:
    """Return whether `training` reaches the layer or one of its sublayers.

    Keras passes it on through its context, so `call` need not have the argument.
    """
    return any(accepts(part, "training") for part in sublayers(layer))


def reachable_state(layer: Any) -> Iterator[tuple[str, Any]]:
    """Yield `(path, value)` of all objects of the layer, and of module variables that it uses."""
    for path, value in iterate_reachable(layer):
        yield f"self.{path}", value
    for part in sublayers(layer):
        for cls in type(part).__mro__:
            if cls.__module__.split(".")[0] not in LIBRARIES:
                yield from _module_variables(cls)


def _module_variables(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield variables of the module that methods of the class use, and elements of containers."""
    for method in vars(cls).values():
        function = inspect.unwrap(method) if callable(method) else None
        if not isinstance(function, types.FunctionType):
            continue
        for name in function.__code__.co_names:
            value = function.__globals__.get(name)
            path = f"{cls.__module__}.{name}"
            if isinstance(value, dict):
                yield from ((f"{path}[{key!r}]", part) for key, part in list(value.items()))
            elif isinstance(value, (list, set, tuple)):
                yield from ((f"{path}[{i}]", part) for i, part in enumerate(list(value)))
            elif value is not None and not isinstance(value, (type, types.ModuleType)):
                yield path, value
