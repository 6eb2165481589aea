"""Shape and dtype of every output, eager or symbolic, in a form that can be compared."""

from dataclasses import dataclass
from typing import Any

from keras_seqext.testing.core.failure import require

SymbolicShape = tuple[int | None, ...]
_NARROW = {"float64": "float32", "int64": "int32", "uint64": "uint32"}


@dataclass(frozen=True)
class Spec:
    """One output.

    Args:
        place: Where it is in what the layer returned: keys and numbers.
        shape: `None` where it is not known.
        dtype: As Keras names it.
        sparse: Whether it is a sparse tensor.
    """

    place: tuple[Any, ...]
    shape: SymbolicShape
    dtype: str
    sparse: bool

    @property
    def name(self) -> str:
        """For messages."""
        return f"output {'.'.join(map(str, self.place))}" if self.place else "the output"


def specs(outputs: Any) -> list[Spec]:
    """The spec of every tensor in what a layer returned."""
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
    return dtype if has_float64() else _NARROW.get(dtype, dtype)


def has_float64() -> bool:
    """Whether the backend has 64-bit numbers: JAX does with `JAX_ENABLE_X64` alone."""
    import keras
    import numpy as np

    if keras.backend.backend() != "jax":
        return True
    tensor = keras.ops.convert_to_tensor(np.zeros(1, "float64"))
    return str(keras.backend.standardize_dtype(tensor.dtype)) == "float64"


def fits(declared: SymbolicShape, actual: SymbolicShape) -> bool:
    """Whether a shape is one that `declared`, with `None` for any size, allows."""
    return len(declared) == len(actual) and all(
        d is None or a is None or d == a for d, a in zip(declared, actual, strict=True)
    )


def require_same_places(declared: list[Spec], actual: list[Spec], who: str) -> None:
    """Fails unless there are as many outputs, under the same keys."""
    require(
        [s.place for s in declared] == [s.place for s in actual],
        f"{who} has the outputs {[s.name for s in declared]}, "
        f"an eager call {[s.name for s in actual]}",
    )


def require_fits(declared: list[Spec], actual: list[Spec], who: str, when: str = "") -> None:
    """Fails unless every actual shape is one that is declared."""
    require_same_places(declared, actual, who)
    for spec, real in zip(declared, actual, strict=True):
        require(
            fits(spec.shape, real.shape),
            f"{real.name} is {real.shape}{when}; {who} says {spec.shape}",
        )
