"""Configs as they are written to a file and read from it."""

import inspect
import json
from typing import Any

BASE_ARGUMENTS = ("name", "dtype", "trainable", "activity_regularizer", "autocast")


def description_of(layer: Any) -> Any:
    """What `model.save` writes about a layer, after a trip through JSON."""
    import keras

    return json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))


def config_of(layer: Any) -> Any:
    """The config of a layer after a trip through JSON."""
    return description_of(layer)["config"]


def layer_from_description(description: Any, kind: Any) -> Any:
    """The layer that a description describes, as `load_model` makes it.

    Its class `kind` is found even if it is not registered: that is the claim of another check.
    """
    import keras

    with keras.saving.custom_object_scope({kind.__name__: kind}):
        return keras.saving.deserialize_keras_object(json.loads(json.dumps(description)))


def same(left: Any, right: Any) -> bool:
    """Whether two values are written the same way (so that NaN equals NaN)."""
    # `default`: a `from_config` that puts a layer into the dict it is given has changed it.
    return json.dumps(left, sort_keys=True, default=repr) == json.dumps(
        right, sort_keys=True, default=repr
    )


def changed_entries(found: Any, expected: Any, way: str = "") -> list[str]:
    """Where two configs differ, in words."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return [
            text
            for key in sorted({*found, *expected})
            for text in (
                changed_entries(found[key], expected[key], f"{way}.{key}" if way else key)
                if key in found and key in expected
                else [f"{way}.{key} is {'lost' if key in expected else 'new'}".lstrip(".")]
            )
        ]
    return [] if same(found, expected) else [f"{way} is {found!r} instead of {expected!r}"]


def base_from_config(kind: Any) -> bool:
    """Whether the class leaves `from_config` to Keras, which hands all entries on."""
    import keras

    ours = getattr(kind.from_config, "__func__", kind.from_config)
    theirs = getattr(keras.layers.Layer.from_config, "__func__", None)
    return ours is theirs


def constructor_parameters(kind: Any) -> list[str]:
    """The arguments by name that the constructor has beside those of every layer."""
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [p.name for p in parameters if p.kind in named and p.name not in BASE_ARGUMENTS]
