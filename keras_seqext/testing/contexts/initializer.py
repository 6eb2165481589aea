"""Context of an initializer check: new initializers, and functions to compare their values."""

import contextlib
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_seqext.testing.core.failure import require, require_close
from keras_seqext.testing.core.tensors import dtype_of, to_numpy

Shape = tuple[int, ...]


@dataclass(frozen=True)
class InitializerContext:
    """One initializer and its declared properties; see `check_initializer`.

    Args:
        make: Function that returns a new initializer.
        label: Name of the initializer in messages.
        shape: Requested shape.
        dtypes: Dtypes that the initializer must support.
        random: Whether the values depend on the seed.
        resources: Files that the initializer reads and that are not available to a loaded model.
        seed: Seed set before each `make()`.
        check_name: Name of the running check.
    """

    make: Callable[[], Any]
    label: str
    shape: Shape
    dtypes: tuple[str, ...]
    random: bool
    resources: Sequence[Any]
    seed: int
    check_name: str = ""

    def new(self, seed: int | None = None) -> Any:
        """Set all seeds and return a new initializer."""
        import keras

        keras.utils.set_random_seed(self.seed if seed is None else seed)
        return self.make()

    def values(self, initializer: Any, dtype: str | None = None) -> Any:
        """Call the initializer and return a NumPy array; fail if its shape is wrong."""
        import keras

        tensor = initializer(self.shape, dtype=dtype)
        require(
            keras.ops.is_tensor(tensor),
            f"it returned a {type(tensor).__name__}, not a tensor of {keras.backend.backend()}",
        )
        found = tuple(tensor.shape)
        require(
            found == self.shape,
            f"for the shape {self.shape}, it returned a tensor of shape {found}",
        )
        return to_numpy(tensor)

    def config_fixes_values(self, initializer: Any) -> bool:
        """Return whether a copy made from the config must return the same values.

        A copy draws a new seed if the config has none.
        """
        config = initializer.get_config()
        return "seed" not in config or isinstance(config["seed"], int)

    @contextlib.contextmanager
    def without_resources(self) -> Iterator[None]:
        """Move the files of the initializer aside for the duration of the block."""
        # A new folder next to the file is on the same disk, so that a rename moves nothing.
        moved: list[tuple[str, str]] = []
        try:
            for path in map(os.fspath, self.resources):
                folder = tempfile.mkdtemp(dir=os.path.dirname(os.path.abspath(path)))
                away = os.path.join(folder, os.path.basename(path))
                os.rename(path, away)
                moved.append((away, path))
            yield
        finally:
            for away, path in moved:
                os.rename(away, path)
                os.rmdir(os.path.dirname(away))

    def close(self, found: Any, expected: Any, what: str) -> None:
        """Fail unless the two arrays are equal."""
        require_close(found, expected, 0.0, what)


def warned(run: Callable[[], Any]) -> tuple[Any, bool]:
    """Return the result of `run()` and whether it warned."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = run()
    # Deprecations come from NumPy and concern how backends convert arrays.
    relevant = [w for w in caught if not issubclass(w.category, DeprecationWarning)]
    return result, bool(relevant)


def different(left: Any, right: Any) -> bool:
    """Return whether two arrays differ."""
    return not np.array_equal(left, right, equal_nan=True)


def dtype_expected(dtype: str) -> str:
    """Return the dtype of the backend for `dtype`: JAX may have no float64."""
    import keras

    return dtype_of(keras.ops.zeros((1,), dtype))
