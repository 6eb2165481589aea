"""Check of an initializer inside layers that are built in different ways."""

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.initializer import InitializerContext
from keras_seqext.testing.core.failure import NotApplicable, require_finite
from keras_seqext.testing.core.registry import initializer_check
from keras_seqext.testing.core.tensors import to_numpy
from keras_seqext.testing.helpers.wrapper_layer import WrapperLayer


@initializer_check("core", after=("config_roundtrip",))
def in_layers(ctx: InitializerContext) -> None:
    """`Dense` and `Embedding` receive its values when built by a call, on symbols or in a trace.

    Why it matters: a layer inside another layer is built inside a trace, where an initializer
    that works on its own may fail or return other values.
    Usual causes: a call that needs concrete values, which a trace does not have; a counter of
    calls.
    """
    import keras

    if len(ctx.shape) != 2:
        raise NotApplicable("`shape` does not have two axes")
    rows, columns = ctx.shape
    expected = ctx.values(ctx.new())
    settled = ctx.config_fixes_values(ctx.new())
    layers: dict[str, tuple[Callable[..., Any], str, tuple[int, ...], str]] = {
        "Dense": (
            lambda i: keras.layers.Dense(columns, kernel_initializer=i),
            "kernel",
            (1, rows),
            "float32",
        ),
        "Embedding": (
            lambda i: keras.layers.Embedding(rows, columns, embeddings_initializer=i),
            "embeddings",
            (1, 2),
            "int32",
        ),
    }
    for name, (make, weight, shape, dtype) in layers.items():
        for how, build in _BUILDERS.items():
            layer = make(ctx.new())
            build(layer, shape, dtype)
            found = to_numpy(getattr(layer, weight).value)
            require_finite(found, f"the {weight} of {name} {how}")
            if settled:
                ctx.close(found, expected, f"{weight} of {name} {how}, direct call")


def _build_by_call(layer: Any, shape: tuple[int, ...], dtype: str) -> None:
    layer(np.zeros(shape, dtype))


def _build_on_symbols(layer: Any, shape: tuple[int, ...], dtype: str) -> None:
    import keras

    layer(keras.KerasTensor(shape, dtype))


def _build_inside_trace(layer: Any, shape: tuple[int, ...], dtype: str) -> None:
    import keras

    WrapperLayer(layer).compute_output_spec(keras.KerasTensor(shape, dtype))


_BUILDERS = {
    "built by a call": _build_by_call,
    "built on symbols": _build_on_symbols,
    "built inside a trace": _build_inside_trace,
}
