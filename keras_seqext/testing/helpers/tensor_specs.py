"""Specs of outputs: shape and dtype, eager or symbolic, for comparison."""

from dataclasses import dataclass
from typing import Any

from keras_seqext.testing.core.failure import require

SymbolicShape = tuple[int | None, ...]
_NARROW = {"float64": "float32", "int64": "int32", "uint64": "uint32"}


@dataclass(frozen=True)
class Spec:
    """Spec of one output.

    Args:
        place: Path in the nested result of the layer: keys and indices.
        shape: Shape; `None` for an unknown size.
        dtype: Keras name of the dtype.
        sparse: Whether the tensor is sparse.
    """

    place: tuple[Any, ...]
    shape: SymbolicShape
    dtype: str
    sparse: bool

    @property
    def name(self) -> str:
        """Name of the output in messages."""
        return f"output {'.'.join(map(str, self.place))}" if self.place else "the output"


def specs(outputs: Any) -> list[Spec]:
    """Return the spec of every tensor in the result of a layer."""
    import keras

    found = []
    for place, tensor in keras.tree.flatten_with_path(outputs):
        if tensor is None:
            continue
        shape = tuple(None if size is None else int(size) for size in tensor.shape)
        dtype = str(keras.backend.standardize_dtype(tensor.dtype))
        found.append(Spec(tuple(place), shape, _as_computed(dtype), _is_sparse(tensor)))
    return found


def _is_sparse(tensor: Any) -> bool:
    return bool(getattr(tensor, "sparse", False)) or type(tensor).__name__ in (
        "SparseTensor",
        "BCOO",
        "BCSR",
    )


def _as_computed(dtype: str) -> str:
    # Without 64-bit numbers a backend narrows dtypes, also those that a spec declares.
    return dtype if has_float64() else _NARROW.get(dtype, dtype)


def has_float64() -> bool:
    """Return whether the backend has 64-bit numbers: JAX only with `JAX_ENABLE_X64`."""
    import keras
    import numpy as np

    if keras.backend.backend() != "jax":
        return True
    tensor = keras.ops.convert_to_tensor(np.zeros(1, "float64"))
    return str(keras.backend.standardize_dtype(tensor.dtype)) == "float64"


def fits(declared: SymbolicShape, actual: SymbolicShape) -> bool:
    """Return whether a shape matches `declared`, in which `None` matches any size."""
    return len(declared) == len(actual) and all(
        d is None or a is None or d == a for d, a in zip(declared, actual, strict=True)
    )


def require_same_places(declared: list[Spec], actual: list[Spec], who: str) -> None:
    """Fail unless the outputs have the same places."""
    require(
        [s.place for s in declared] == [s.place for s in actual],
        f"{who} has the outputs {[s.name for s in declared]}, "
        f"an eager call {[s.name for s in actual]}",
    )


def require_fits(declared: list[Spec], actual: list[Spec], who: str, when: str = "") -> None:
    """Fail unless every actual shape matches the declared one."""
    require_same_places(declared, actual, who)
    for spec, real in zip(declared, actual, strict=True):
        require(
            fits(spec.shape, real.shape),
            f"{real.name} has shape {real.shape}{when}; {who} declares {spec.shape}",
        )
