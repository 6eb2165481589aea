"""Configs as Keras writes them to a file and reads them."""

import inspect
import json
from typing import Any

BASE_ARGUMENTS = ("name", "dtype", "trainable", "activity_regularizer", "autocast")


def description_of(layer: Any) -> Any:
    """Return the description of a layer that `model.save` writes, after a JSON round trip."""
    import keras

    return json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))


def config_of(layer: Any) -> Any:
    """Return the config of a layer after a JSON round trip."""
    return description_of(layer)["config"]


def layer_from_description(description: Any, kind: Any) -> Any:
    """Return the layer that `load_model` makes from a description.

    The class `kind` need not be registered: that is the claim of another check.
    """
    import keras

    with keras.saving.custom_object_scope({kind.__name__: kind}):
        return keras.saving.deserialize_keras_object(json.loads(json.dumps(description)))


def same(left: Any, right: Any) -> bool:
    """Return whether two values have the same JSON, in which NaN equals NaN."""
    # `default` is needed for a `from_config` that puts a layer into the dict that it receives.
    return json.dumps(left, sort_keys=True, default=repr) == json.dumps(
        right, sort_keys=True, default=repr
    )


def changed_entries(found: Any, expected: Any, path: str = "") -> list[str]:
    """Return the differences between two configs in words."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return [
            text
            for key in sorted({*found, *expected})
            for text in (
                changed_entries(found[key], expected[key], f"{path}.{key}" if path else key)
                if key in found and key in expected
                else [f"{path}.{key} is {'lost' if key in expected else 'new'}".lstrip(".")]
            )
        ]
    return [] if same(found, expected) else [f"{path} is {found!r} instead of {expected!r}"]


def base_from_config(kind: Any) -> bool:
    """Return whether the class inherits `from_config` from Keras, which passes on all entries."""
    import keras

    inherited = getattr(keras.layers.Layer.from_config, "__func__", None)
    used = getattr(kind.from_config, "__func__", kind.from_config)
    return used is inherited


def constructor_parameters(kind: Any) -> list[str]:
    """Return the names of the constructor arguments that not every layer has."""
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [p.name for p in parameters if p.kind in named and p.name not in BASE_ARGUMENTS]
