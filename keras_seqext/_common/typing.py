"""Type aliases for tensors and shapes, which Keras does not annotate."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A tensor of the running backend, or a symbolic `keras.KerasTensor`."""

Shape: TypeAlias = tuple[int | None, ...]
"""A tensor shape; `None` for a dimension that is only known at run time."""
