"""Constructor arguments in JSON."""

from typing import Any


def deserialize_arguments(value: Any) -> Any:
    """Return `value` with every serialized Keras object in it deserialized."""
    import keras

    if isinstance(value, dict):
        if {"class_name", "config"} <= set(value):
            try:
                return keras.saving.deserialize_keras_object(value)
            except Exception:  # a plain dict with these keys, or an unknown class
                return value
        return {key: deserialize_arguments(part) for key, part in value.items()}
    if isinstance(value, list):
        return [deserialize_arguments(part) for part in value]
    return value
