"""Calls of `keras.random` with a constant integer as the seed, which give the same noise."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType
from typing import Any

import numpy as np

from .hidden_state import LIBRARIES, sublayers


@contextmanager
def recorded_integer_seeds(layer: Any) -> Iterator[list[str]]:
    """Add each call of a function of `keras.random` with an integer seed to the yielded list.

    Only calls through the public names are recorded, so those of Keras itself are not. Names that
    the modules of the layer and of its sublayers import are replaced too.
    """
    import keras

    found: list[str] = []
    wrapped = {
        function: _recording(name, function, found)
        for name, function in vars(keras.random).items()
        if isinstance(function, FunctionType) and "seed" in inspect.signature(function).parameters
    }
    modules = [keras.random, *_modules_of(layer)]
    before = [
        (vars(module), name, value)
        for module in modules
        for name, value in list(vars(module).items())
        if isinstance(value, FunctionType) and value in wrapped
    ]
    for namespace, name, function in before:
        namespace[name] = wrapped[function]
    try:
        yield found
    finally:
        for namespace, name, function in before:
            namespace[name] = function


def _modules_of(layer: Any) -> list[Any]:
    names = {cls.__module__ for part in sublayers(layer) for cls in type(part).__mro__}
    own = [name for name in names if name.partition(".")[0] not in LIBRARIES]
    return [sys.modules[name] for name in own if name in sys.modules]


def _recording(name: str, function: FunctionType, found: list[str]) -> Any:
    signature = inspect.signature(function)

    @wraps(function)
    def recording(*args: Any, **kwargs: Any) -> Any:
        seed = signature.bind(*args, **kwargs).arguments.get("seed")
        if isinstance(seed, (int, np.integer)):
            frame = sys._getframe(1)
            place = f"{frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno}"
            found.append(f"keras.random.{name}(seed={seed}) at {place}")
        return function(*args, **kwargs)

    return recording
