"""What a check of an initializer is given."""

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
    """One initializer under test; see `check_initializer` for what is declared.

    Args:
        make: Makes a new one each time.
        label: Shown in messages.
        shape: What it is asked for.
        dtypes: It has to be able to give.
        random: Its values depend on its seed.
        resources: Files that it reads, which a loaded model lacks.
        seed: Set before each `make()`.
        check_name: The running check.
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
        """A new initializer, all seeds set before."""
        import keras

        keras.utils.set_random_seed(self.seed if seed is None else seed)
        return self.make()

    def values(self, initializer: Any, dtype: str | None = None) -> Any:
        """What it gives, as a NumPy array of the right shape."""
        import keras

        tensor = initializer(self.shape, dtype=dtype)
        require(
            keras.ops.is_tensor(tensor),
            f"it returned a {type(tensor).__name__}, not a tensor of {keras.backend.backend()}",
        )
        found = tuple(tensor.shape)
        require(
            found == self.shape, f"asked for the shape {self.shape}, it returned one of {found}"
        )
        return to_numpy(tensor)

    def config_fixes_values(self, initializer: Any) -> bool:
        """Whether a copy made from its config has to give the same values.

        Without a seed in the config it draws another.
        """
        config = initializer.get_config()
        return "seed" not in config or isinstance(config["seed"], int)

    @contextlib.contextmanager
    def without_resources(self) -> Iterator[None]:
        """Its files are out of the way meanwhile."""
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
        """Fails unless the two are equal."""
        require_close(found, expected, 0.0, what)


def warned(run: Callable[[], Any]) -> tuple[Any, bool]:
    """What `run()` gives, and whether it warned."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = run()
    # NumPy tells how backends convert arrays; that is not the initializer speaking.
    spoken = [w for w in caught if not issubclass(w.category, DeprecationWarning)]
    return result, bool(spoken)


def different(left: Any, right: Any) -> bool:
    """Whether two arrays differ somewhere."""
    return not np.array_equal(left, right, equal_nan=True)


def dtype_expected(dtype: str) -> str:
    """The dtype that the backend gives where `dtype` is asked for: JAX may have no float64."""
    import keras

    return dtype_of(keras.ops.zeros((1,), dtype))
