"""Initial weights of layers in half precision."""

from typing import Any

import keras

from .typing import Shape, Tensor

HALF = ("float16", "bfloat16")


def computed_in_float32(initializer: Any) -> Any:
    """Return an initializer that computes in float32 where half precision is asked for.

    The orthogonal initializer decomposes a matrix, and the linear algebra of no backend supports
    both float16 and bfloat16. Other precisions are passed on, so their values do not change.

    Args:
        initializer: Name, object or function, as `keras.initializers.get` accepts it.

    >>> weights = computed_in_float32("orthogonal")((3, 3), "bfloat16")
    >>> keras.backend.standardize_dtype(weights.dtype)
    'bfloat16'
    """
    compute = keras.initializers.get(initializer)

    def initialize(shape: Shape, dtype: Any = None) -> Tensor:
        if dtype is not None and keras.backend.standardize_dtype(dtype) in HALF:
            return keras.ops.cast(compute(shape, dtype="float32"), dtype)
        return compute(shape, dtype=dtype)

    return initialize
