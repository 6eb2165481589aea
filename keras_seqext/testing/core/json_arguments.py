"""Constructor arguments as JSON, and back to objects."""

from typing import Any


def revive(value: Any) -> Any:
    """`value` with all that Keras had serialized made into objects again."""
    import keras

    if isinstance(value, dict):
        if {"class_name", "config"} <= set(value):
            try:
                return keras.saving.deserialize_keras_object(value)
            except Exception:  # a dict that only looks like one, or of an unknown class
                return value
        return {key: revive(part) for key, part in value.items()}
    if isinstance(value, list):
        return [revive(part) for part in value]
    return value
