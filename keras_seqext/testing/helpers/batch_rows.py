"""Rows of a batch: permuted or replaced inputs, and outputs by row."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable
from keras_seqext.testing.core.tensors import flat_outputs, to_tensors


class Rows:
    """Inputs of a case by row of the batch, including keyword arguments of the call.

    Args:
        ctx: Context of the check.
    """

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.arguments = ctx.inputs()
        self.kwargs = dict(ctx.sample.call_kwargs)
        self.count = ctx.shape[0] if ctx.shape else 0
        if self.count < 2:
            raise NotApplicable(f"the batch has {self.count} rows: at least 2 are needed")

    def reordered(self, order: Any) -> tuple[Any, Any]:
        """Return arguments and keyword arguments with the rows in another order."""
        return self._mapped(lambda array: array[order])

    def replaced(self, row: int, fill: Callable[[Any, int], Any]) -> tuple[Any, Any]:
        """Return arguments and keyword arguments with one row replaced by `fill(array, row)`."""

        def change(array: Any) -> Any:
            array = array.copy()
            array[row] = fill(array, row)
            return array

        return self._mapped(change)

    def _mapped(self, change: Callable[[Any], Any]) -> tuple[Any, Any]:
        import keras

        def apply(value: Any) -> Any:
            if isinstance(value, np.ndarray) and value.ndim and value.shape[0] == self.count:
                return change(value)
            return value

        arguments = tuple(keras.tree.map_structure(apply, a) for a in self.arguments)
        return arguments, keras.tree.map_structure(apply, self.kwargs) if self.kwargs else {}

    def outputs(self, layer: Any, arguments: Any, kwargs: Any, training: bool = False) -> list[Any]:
        """Call the layer and return the outputs that have a row for each row of the batch."""
        return self.by_row(flat_outputs(call_with(layer, arguments, kwargs, training)))

    def by_row(self, outputs: list[Any]) -> list[Any]:
        """Return those outputs that have a row for each row of the batch."""
        found = [o for o in outputs if o.ndim and o.shape[0] == self.count]
        if not found:
            raise NotApplicable(f"no output has the {self.count} rows of the batch")
        return found

    def fills(self) -> Iterator[tuple[str, int, bool, Callable[[Any, int], Any]]]:
        """Yield replacements `(name, row, from_sample, fill)` of a row.

        `from_sample` is true if the replacement has only values that occur in the sample.
        """
        last = self.count - 1
        yield "the values of another row", last, True, _neighbour
        yield "its values shifted by one step", 1, True, _shifted
        if self.ctx.sample.values is None and self.ctx.sample.dtype.startswith("float"):
            yield "10000 times itself", 0, False, _scaled
            yield "NaN", 0, False, lambda array, row: _like(array, row, np.nan)
            yield "NaN", last, False, lambda array, row: _like(array, row, np.nan)
        elif self.ctx.sample.values is None and self.ctx.sample.dtype not in ("string", "bool"):
            top = self.ctx.sample.high - 1
            yield "0", 0, True, lambda array, row: _like(array, row, 0)
            yield f"{top}", last, True, lambda array, row: _like(array, row, top)


def _like(array: Any, row: int, value: Any) -> Any:
    if array.dtype.kind not in "fiu" or (array.dtype.kind in "iu" and value != value):
        return _neighbour(array, row)
    return np.full_like(array[row], value)


def _neighbour(array: Any, row: int) -> Any:
    return array[(row + 1) % len(array)]


def _shifted(array: Any, row: int) -> Any:
    return np.roll(array[row], 1)


def _scaled(array: Any, row: int) -> Any:
    return array[row] * np.asarray(1e4, array.dtype) if array.dtype.kind == "f" else array[row]


def call_with(layer: Any, arguments: Any, kwargs: Any, training: Any = False) -> Any:
    """Call a layer on NumPy arguments, with `training` unless it is `None`."""
    import keras

    converted = {
        key: keras.tree.map_structure(lambda v: to_tensors((v,))[0], value)
        for key, value in kwargs.items()
    }
    if training is not None:
        converted["training"] = training
    return layer(*to_tensors(arguments), **converted)
