"""One way to register a class, so that saved files always find it."""

from typing import TypeVar

import keras

T = TypeVar("T")


def serializable(cls: type[T]) -> type[T]:
    """Registers `cls`; to a type checker it stays the class it is."""
    # The package name is part of every saved file: it must never change.
    registered: type[T] = keras.saving.register_keras_serializable(package="keras_seqext")(cls)
    return registered
