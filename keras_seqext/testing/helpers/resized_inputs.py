"""Inputs of another batch size or length, and what one and the same layer makes of them."""

import inspect
import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, Skipped
from keras_seqext.testing.core.tensors import flat_outputs

from .tensor_specs import Spec, specs


@dataclass(frozen=True)
class Attempt:
    """What came of a call.

    Args:
        value: What it returned; `None` after an error.
        error: What it raised.
        refused: Whether the layer's own code raised it, as a `ValueError` or `TypeError`.
    """

    value: Any = None
    error: Exception | None = None
    refused: bool = False

    def get(self, what: str) -> Any:
        """The value; a failure that names what failed and why if there is none."""
        if self.error is not None:
            raise CheckFailure(f"{what} failed: {first_line(self.error)}")
        return self.value


def first_line(error: BaseException | None) -> str:
    """Kind and first line of an error."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {(lines or [''])[0][:300]}"


def attempt(layer: Any, function: Callable[[], Any]) -> Attempt:
    """`function()`, or what it raised and whether that was the layer's own word."""
    with _whole_tracebacks():
        try:
            return Attempt(function())
        except (NotApplicable, Skipped):
            raise
        except Exception as error:
            return Attempt(None, error, _on_purpose(layer, error))


@contextmanager
def _whole_tracebacks() -> Iterator[None]:
    """Keras hides its own frames; who raised an error shows in them."""
    import keras

    before = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        yield
    finally:
        if before:
            keras.config.enable_traceback_filtering()


def _on_purpose(layer: Any, error: Exception) -> bool:
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

    own = [cls for cls in type(layer).__mro__ if cls is not keras.layers.Layer]
    files = {_file(cls) for cls in own if issubclass(cls, keras.layers.Layer)}
    raiser = traceback.tb_frame.f_locals.get("self")
    return code.co_filename in files or isinstance(raiser, keras.layers.Layer)


def _file(cls: type) -> str | None:
    try:
        return inspect.getsourcefile(cls)
    except TypeError:  # made in an interactive session
        return None


def steps(ctx: Context) -> int:
    """Length of the time axis; not applicable if there is none that could be changed."""
    if ctx.case.traits.has_time is False or (
        not ctx.traits.has_time and not isinstance(ctx.inputs()[0], (list, tuple))
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
        raise NotApplicable("keyword arguments of the call are bound to the length")
    return int(length)


def batch(ctx: Context) -> int:
    """Size of the batch; not applicable if it cannot be changed."""
    size = int(_leaves(ctx.inputs())[0].shape[0])
    if ctx.traits.stateful:
        raise NotApplicable("the layer is stateful: its batch size is fixed")
    if any(v.ndim and v.shape[0] == size for v in _leaves(ctx.sample.call_kwargs)):
        raise NotApplicable("keyword arguments of the call are bound to the batch")
    return size


def variable_length(ctx: Context) -> int:
    """Length of the time axis; not applicable if the layer declares a fixed one."""
    length = steps(ctx)
    if ctx.traits.fixed_length:
        raise NotApplicable("fixed_length is declared")
    return length


def resized(ctx: Context, rows: int | None = None, length: int | None = None) -> tuple[Any, ...]:
    """The inputs with another batch size or length: cut, or continued from the start.

    Every array that shares the batch size, or the length, of the first is changed with it.
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
    """What a call returned, flat: as NumPy arrays, and what kind of tensor each was."""

    arrays: list[Any]
    specs: list[Spec]


class OneLayer:
    """One built layer, and its outputs for inputs of other sizes; each is computed once.

    Its state is set back before each call, so that no call sees another.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.layer = ctx.built()
        reset(self.layer)
        self.weights = self.layer.get_weights()
        self._known: dict[tuple[int | None, int | None], Attempt] = {}

    def outputs(self, rows: int | None = None, length: int | None = None) -> Attempt:
        """An attempt whose value is the `Outputs` at that batch size and length."""
        key = (rows, length)
        if key not in self._known:
            self._known[key] = self.outputs_for(resized(self._ctx, rows, length))
        return self._known[key]

    def outputs_for(self, arguments: tuple[Any, ...]) -> Attempt:
        """An attempt whose value is the `Outputs` for other inputs."""
        return with_weights(self._ctx, self.layer, self.weights, arguments)


def with_weights(
    ctx: Context, layer: Any, weights: list[Any], arguments: tuple[Any, ...]
) -> Attempt:
    """An attempt whose value is the `Outputs` of a layer that is given these weights first."""

    def run() -> Outputs:
        reset(layer)
        if any(
            not np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
            for old, new in zip(layer.get_weights(), weights, strict=True)
        ):
            layer.set_weights(weights)
        return all_outputs(ctx.call(layer, *arguments))

    return attempt(layer, run)


def reset(layer: Any) -> None:
    """Back to the state before the first call, where the layer keeps one between calls."""
    if getattr(layer, "stateful", False) and hasattr(layer, "reset_state"):
        layer.reset_state()


def all_outputs(outputs: Any) -> Outputs:
    """What a call returned, flat."""
    return Outputs(flat_outputs(outputs), specs(outputs))


def one_layer(ctx: Context) -> OneLayer:
    """The layer that the checks of sizes share."""
    return ctx.cached("one_layer", lambda: OneLayer(ctx))  # type: ignore[no-any-return]
