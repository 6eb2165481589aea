"""Recorded calls of public functions of Keras: constant seeds, and results in float32."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType
from typing import Any

import numpy as np

from keras_seqext.testing.core.tensors import dtype_of

from .hidden_state import LIBRARIES, sublayers


@contextmanager
def recorded_integer_seeds(layer: Any) -> Iterator[list[str]]:
    """Add each call of a function of `keras.random` with an integer seed to the yielded list."""
    import keras

    found: list[str] = []

    def wrap(name: str, function: FunctionType) -> Any:
        signature = inspect.signature(function)
        if "seed" not in signature.parameters:
            return function

        @wraps(function)
        def recording(*args: Any, **kwargs: Any) -> Any:
            seed = signature.bind(*args, **kwargs).arguments.get("seed")
            if isinstance(seed, (int, np.integer)):
                found.append(f"keras.random.{name}(seed={seed}) at {place_of_call()}")
            return function(*args, **kwargs)

        return recording

    with wrapped_functions(keras.random, layer, wrap):
        yield found


@contextmanager
def recorded_float32_results(layer: Any) -> Iterator[list[str]]:
    """Add each function of `keras.ops` that returns float32 for float64 tensors to the list."""
    import keras

    found: list[str] = []
    is_tensor = keras.ops.is_tensor  # replaced below

    def dtype(value: Any) -> str:
        return dtype_of(value) if is_tensor(value) else ""

    def wrap(name: str, function: FunctionType) -> Any:
        if name.startswith(("cast", "convert_to", "saturate_cast")):
            return function

        @wraps(function)
        def recording(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            dtypes = {dtype(value) for value in keras.tree.flatten((args, kwargs))}
            if "float64" in dtypes and "float32" not in dtypes and dtype(result) == "float32":
                found.append(f"keras.ops.{name} at {place_of_call()}")
            return result

        return recording

    with wrapped_functions(keras.ops, layer, wrap):
        yield found


@contextmanager
def wrapped_functions(
    public: Any, layer: Any, wrap: Callable[[str, FunctionType], Any]
) -> Iterator[None]:
    """Replace the functions of a public module of Keras by `wrap(name, function)`.

    Only calls through the public names are affected, so those of Keras itself are not. Names that
    the modules of the layer and of its sublayers import are replaced too.
    """
    wrapped = {
        function: wrap(name, function)
        for name, function in list(vars(public).items())
        if isinstance(function, FunctionType)
    }
    modules = [public, *_modules_of(layer)]
    before = [
        (vars(module), name, value)
        for module in modules
        for name, value in list(vars(module).items())
        if isinstance(value, FunctionType) and value in wrapped
    ]
    for namespace, name, function in before:
        namespace[name] = wrapped[function]
    try:
        yield
    finally:
        for namespace, name, function in before:
            namespace[name] = function


def _modules_of(layer: Any) -> list[Any]:
    names = {cls.__module__ for part in sublayers(layer) for cls in type(part).__mro__}
    own = [name for name in names if name.partition(".")[0] not in LIBRARIES]
    return [sys.modules[name] for name in own if name in sys.modules]


def place_of_call() -> str:
    """Return file and line of the code that called a recording function."""
    frame = sys._getframe(2)
    return f"{frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno}"
