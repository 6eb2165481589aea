"""Names for what Keras leaves untyped."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A tensor of the running backend, or a symbolic `keras.KerasTensor`."""

Shape: TypeAlias = tuple[int | None, ...]
"""A tensor shape; `None` where a dimension is only known at run time."""
