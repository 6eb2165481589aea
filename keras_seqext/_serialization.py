"""One way to register a class, so that saved files always find it."""

from collections.abc import Callable
from typing import TypeVar

import keras

T = TypeVar("T")

# The package name is part of every saved file: it must never change.
serializable: Callable[[type[T]], type[T]] = keras.saving.register_keras_serializable(
    package="keras_seqext"
)
