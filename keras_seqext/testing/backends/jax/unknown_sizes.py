"""Traces on JAX for inputs of unknown size."""

from collections.abc import Callable, Sequence
from typing import Any


def traced_with_unknown_sizes(
    function: Callable[..., Any], layer: Any, arguments: Sequence[Any], shapes: Sequence[Any]
) -> Callable[..., Any]:
    """`function` of tensors, traced once; a name in a shape, such as `"steps"`, is any size.

    Skipped where JAX cannot trace it so: much of what is right with sizes that are numbers,
    a loop of Keras itself for one, compares them.
    """
    import jax
    import keras
    from jax import export

    from keras_seqext.testing.core.failure import Skipped

    names = sorted({size for shape in shapes for size in shape if isinstance(size, str)})
    symbols = dict(zip(names, export.symbolic_shape(", ".join(names)), strict=True))
    tensors = [keras.ops.convert_to_tensor(value) for value in arguments]
    signature = [
        jax.ShapeDtypeStruct(tuple(symbols.get(size, size) for size in shape), tensor.dtype)
        for tensor, shape in zip(tensors, shapes, strict=True)
    ]

    def stateless(values: list[Any], *arguments: Any) -> Any:
        mapping = list(zip(layer.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return function(*arguments)

    values = [variable.value for variable in layer.variables]
    try:
        exported = export.export(jax.jit(stateless))(values, *signature)
    except Exception as error:
        raise Skipped(f"JAX cannot trace it with a symbolic length: {_brief(error)}") from error
    return lambda *found: exported.call(values, *map(keras.ops.convert_to_tensor, found))


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200]}"
