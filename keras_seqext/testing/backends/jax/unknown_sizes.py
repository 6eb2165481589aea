"""Traces on JAX for inputs of unknown size."""

from collections.abc import Callable, Sequence
from typing import Any

from keras_seqext.testing.core.failure import Skipped, first_line

from .stateless import stateless, values_of


def traced_with_unknown_sizes(
    function: Callable[..., Any], layer: Any, arguments: Sequence[Any], shapes: Sequence[Any]
) -> Callable[..., Any]:
    """Return `function` exported with symbolic sizes.

    Raises:
        Skipped: If JAX cannot trace it. Code that compares sizes, such as the recurrent loop of
            Keras, works only with known sizes.
    """
    import jax
    import keras
    from jax import export

    names = sorted({size for shape in shapes for size in shape if isinstance(size, str)})
    symbols = dict(zip(names, export.symbolic_shape(", ".join(names)), strict=True))
    tensors = [keras.ops.convert_to_tensor(value) for value in arguments]
    signature = [
        jax.ShapeDtypeStruct(tuple(symbols.get(size, size) for size in shape), tensor.dtype)
        for tensor, shape in zip(tensors, shapes, strict=True)
    ]
    run = jax.jit(stateless(function, layer))
    values = values_of(layer.variables)
    try:
        exported = export.export(run)(values, *signature)
    except Exception as error:
        raise Skipped(f"JAX cannot trace it with a symbolic length: {first_line(error)}") from error
    return lambda *found: exported.call(values, *map(keras.ops.convert_to_tensor, found))
