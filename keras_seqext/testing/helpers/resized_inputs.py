"""Inputs of another batch size or length, and the outputs of one layer for them."""

import inspect
import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, Skipped
from keras_seqext.testing.core.failure import first_line as first_line
from keras_seqext.testing.core.tensors import flat_outputs, is_nested

from .states import reset
from .tensor_specs import Spec, specs


@dataclass(frozen=True)
class Attempt:
    """Outcome of a call.

    Args:
        value: Result of the call; `None` after an error.
        error: Error that the call raised.
        refused: Whether the code of the layer raised a `ValueError` or `TypeError` on purpose.
    """

    value: Any = None
    error: Exception | None = None
    refused: bool = False

    def get(self, what: str) -> Any:
        """Return the value, or raise `CheckFailure` with `what` and the error."""
        if self.error is not None:
            raise CheckFailure(f"{what} failed: {first_line(self.error)}")
        return self.value


def attempt(layer: Any, function: Callable[[], Any]) -> Attempt:
    """Call `function` and return its outcome."""
    with _unfiltered_tracebacks():
        try:
            return Attempt(function())
        except (NotApplicable, Skipped):
            raise
        except Exception as error:
            return Attempt(None, error, _on_purpose(layer, error))


@contextmanager
def _unfiltered_tracebacks() -> Iterator[None]:
    """Switch off the filter of Keras, which removes the frames that show who raised an error."""
    import keras

    before = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        yield
    finally:
        if before:
            keras.config.enable_traceback_filtering()


def _on_purpose(layer: Any, error: Exception) -> bool:
    """Return whether a `raise` in the code of the layer, or of a sublayer, raised the error."""
    if not isinstance(error, (ValueError, TypeError)):
        return False
    traceback = error.__traceback__
    if traceback is None:
        return False
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    if not linecache.getline(code.co_filename, traceback.tb_lineno).lstrip().startswith("raise"):
        return False
    import keras

    classes = [cls for cls in type(layer).__mro__ if cls is not keras.layers.Layer]
    files = {_file(cls) for cls in classes if issubclass(cls, keras.layers.Layer)}
    raiser = traceback.tb_frame.f_locals.get("self")
    return code.co_filename in files or isinstance(raiser, keras.layers.Layer)


def _file(cls: type) -> str | None:
    try:
        return inspect.getsourcefile(cls)
    except TypeError:  # a class of an interactive session
        return None


def steps(ctx: Context) -> int:
    """Return the length of the time axis; not applicable if it cannot change."""
    if ctx.case.traits.has_time is False or (
        not ctx.traits.has_time and not is_nested(ctx.inputs()[0])
    ):
        raise NotApplicable("the input has no time axis")
    axis = ctx.traits.time_axis
    declared = ctx.case.traits.has_time is True
    first = _leaves(ctx.inputs())[0]
    if first.ndim <= axis or (not declared and first.dtype.kind == "f" and first.ndim < 3):
        raise NotApplicable("the input has no time axis")
    length = first.shape[axis]
    if length < 2 and not declared:
        raise NotApplicable("the sample has a single step")
    if any(v.ndim > axis and v.shape[axis] == length for v in _leaves(ctx.sample.call_kwargs)):
        raise NotApplicable("keyword arguments of the call depend on the length")
    return int(length)


def batch(ctx: Context) -> int:
    """Return the batch size; not applicable if it cannot change."""
    size = int(_leaves(ctx.inputs())[0].shape[0])
    if ctx.traits.stateful:
        raise NotApplicable("the layer is stateful: its batch size is fixed")
    if any(v.ndim and v.shape[0] == size for v in _leaves(ctx.sample.call_kwargs)):
        raise NotApplicable("keyword arguments of the call depend on the batch size")
    return size


def variable_length(ctx: Context) -> int:
    """Return the length of the time axis; not applicable if a fixed length is declared."""
    length = steps(ctx)
    if ctx.traits.fixed_length:
        raise NotApplicable("declared: fixed_length=True")
    return length


def resized(ctx: Context, rows: int | None = None, length: int | None = None) -> tuple[Any, ...]:
    """Return the inputs with another batch size or length: truncated or repeated.

    Every array with the batch size, or the length, of the first array changes with it.
    """
    import keras

    axis = ctx.traits.time_axis
    first = _leaves(ctx.inputs())[0]

    def change(value: Any) -> Any:
        value = np.asarray(value)
        if length is not None and value.ndim > axis and value.shape[axis] == first.shape[axis]:
            value = np.take(value, np.arange(length) % first.shape[axis], axis=axis)
        if rows is not None and value.ndim and value.shape[0] == first.shape[0]:
            value = np.take(value, np.arange(rows) % first.shape[0], axis=0)
        return value

    return keras.tree.map_structure(change, ctx.inputs())  # type: ignore[no-any-return]


def _leaves(values: Any) -> list[Any]:
    import keras

    return [np.asarray(v) for v in keras.tree.flatten(values) if isinstance(v, np.ndarray)]


@dataclass(frozen=True)
class Outputs:
    """Flat result of a call: NumPy arrays, and the spec of each tensor."""

    arrays: list[Any]
    specs: list[Spec]


class OneLayer:
    """A built layer, and its cached outputs for inputs of other sizes.

    The state is reset before each call, so that calls do not depend on each other.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.layer = ctx.built()
        reset(self.layer)
        self.weights = self.layer.get_weights()
        self._cache: dict[tuple[int | None, int | None], Attempt] = {}

    def outputs(self, rows: int | None = None, length: int | None = None) -> Attempt:
        """Return an attempt whose value is the `Outputs` at that batch size and length."""
        key = (rows, length)
        if key not in self._cache:
            self._cache[key] = self.outputs_for(resized(self._ctx, rows, length))
        return self._cache[key]

    def outputs_for(self, arguments: tuple[Any, ...]) -> Attempt:
        """Return an attempt whose value is the `Outputs` for other inputs."""
        return with_weights(self._ctx, self.layer, self.weights, arguments)


def with_weights(
    ctx: Context, layer: Any, weights: list[Any], arguments: tuple[Any, ...]
) -> Attempt:
    """Set the weights of a layer, and return an attempt whose value is its `Outputs`."""

    def run() -> Outputs:
        reset(layer)
        if any(
            not np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
            for old, new in zip(layer.get_weights(), weights, strict=True)
        ):
            layer.set_weights(weights)
        return all_outputs(ctx.call(layer, *arguments))

    return attempt(layer, run)


def all_outputs(outputs: Any) -> Outputs:
    """Return the flat result of a call."""
    return Outputs(flat_outputs(outputs), specs(outputs))


def one_layer(ctx: Context) -> OneLayer:
    """Return the layer that the checks of sizes share."""
    return ctx.cached("one_layer", lambda: OneLayer(ctx))  # type: ignore[no-any-return]
