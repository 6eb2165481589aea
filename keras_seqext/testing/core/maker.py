"""Targets of the `check_*` functions: objects, classes, and functions that make an object.

A check needs a new object each time it runs, so every target is turned into a function.
"""

import sys
from typing import Any

from keras_seqext._common.validation import wrong_type

# By kind of object: the targets accepted, and an example.
_TARGETS = {
    "layer": (
        "an unbuilt layer, a layer class, a function that returns a new layer, or a LayerCase",
        "lambda: MyLayer(3)",
    ),
    "cell": (
        "an unbuilt cell, a cell class or a function that returns a new cell",
        "lambda: MyCell(3)",
    ),
    "dataset": ("a function that returns a new dataset", "lambda: MyDataset()"),
    "initializer": (
        "an initializer, an initializer class or a function that returns a new initializer",
        "lambda: MyInitializer()",
    ),
}


def require_maker(target: Any, argument: str, kind: str = "layer") -> None:
    """Raise `TypeError` unless `target` is callable, and `ValueError` for a built layer.

    Layers, cells and initializers are callable, as are classes and functions that return one.

    Args:
        target: The value passed.
        argument: Name of the argument, for the message.
        kind: Kind of object that is checked.
    """
    if not callable(target):
        expected, example = _TARGETS[kind]
        raise wrong_type(argument, target, expected, f"Pass e.g. `{example}`.")
    keras: Any = sys.modules.get("keras")  # imported if `target` is a layer
    if keras is not None and isinstance(target, keras.layers.Layer):
        require_unbuilt(target, kind, argument)


def require_unbuilt(layer: Any, kind: str, argument: str = "target") -> None:
    """Raise `ValueError` if a layer has weights already."""
    if layer.built and layer.weights:
        raise ValueError(
            f"`{argument}` must be an unbuilt {kind}. Received: {layer.name}, which is built. Pass "
            "a function that returns a new one."
        )


def copy_unbuilt(layer: Any, kind: str) -> Any:
    """Return a new layer made from the config of an unbuilt layer."""
    require_unbuilt(layer, kind)
    return type(layer).from_config(layer.get_config())


def name_of(target: Any, default: str | None = None) -> str:
    """Return the name of a class or function, or the class name of another object.

    Args:
        target: A class, a function or an object.
        default: Name to use for a lambda; by default `"<lambda>"`.

    >>> name_of(dict), name_of({}), name_of(lambda: {}, default="mapping")
    ('dict', 'dict', 'mapping')
    """
    name = str(getattr(target, "__name__", type(target).__name__))
    return default if default and name == "<lambda>" else name
