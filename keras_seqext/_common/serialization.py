"""Registration of classes with Keras, under one package name."""

from typing import TypeVar

import keras

T = TypeVar("T")


def serializable(cls: type[T]) -> type[T]:
    """Register `cls` with Keras as `keras_seqext>ClassName`.

    The annotation preserves the class for type checkers, unlike the decorator of Keras.
    """
    # Every saved model contains the registered name, so the package name must never change.
    registered: type[T] = keras.saving.register_keras_serializable(package="keras_seqext")(cls)
    return registered
