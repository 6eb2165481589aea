"""What Keras has no public name for: gradients and compilation, one module a backend.

Each module has the same functions; `current()` returns the module of the running backend.
"""

import importlib
from types import ModuleType


def current() -> ModuleType:
    """The module of the running backend."""
    import keras

    return importlib.import_module(f"{__name__}.{keras.backend.backend()}.execution")


def tracing() -> ModuleType:
    """The module of the running backend that traces and steps."""
    import keras

    return importlib.import_module(f"{__name__}.{keras.backend.backend()}.tracing")
