"""Traits of built-in Keras layers, as documented by Keras.

They apply to exactly these classes, not to subclasses.
"""

from collections.abc import Callable
from typing import Any


def documented_traits(layer: Any) -> dict[str, Any]:
    """Return the documented traits of a built-in layer by name; empty for any other layer."""
    import keras

    known: dict[Any, Callable[[Any], dict[str, Any]]] = {
        keras.layers.Reshape: _reshape,
        # A last axis of size 1 is encoded in place; any other size adds an axis.
        keras.layers.CategoryEncoding: _one_hot,
        keras.layers.IntegerLookup: _one_hot,
        keras.layers.StringLookup: _one_hot,
        keras.layers.Hashing: _one_hot,
        keras.layers.LayerNormalization: _weight_per_step,
        keras.layers.BatchNormalization: _weight_per_step,
        keras.layers.Normalization: _weight_per_step,
        # Without `shared_axes` there is one slope per step and feature.
        keras.layers.PReLU: lambda prelu: {"fixed_length": 1 not in (prelu.shared_axes or ())},
    }
    found = known.get(type(layer))
    return {} if found is None else found(layer)


def _reshape(layer: Any) -> dict[str, Any]:
    return {"fixed_length": -1 not in tuple(layer.target_shape)}


def _one_hot(layer: Any) -> dict[str, Any]:
    return {"min_length": 2} if layer.output_mode == "one_hot" else {}


def _weight_per_step(layer: Any) -> dict[str, Any]:
    axis = layer.axis if isinstance(layer.axis, (list, tuple)) else (layer.axis,)
    return {"fixed_length": 1 in axis}
