"""Variables of a layer: saved, restored and compared."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from keras_seqext.testing.core.tensors import flat_outputs, to_numpy

if TYPE_CHECKING:
    from keras_seqext.testing.contexts.layer import Context


T = TypeVar("T")


class State:
    """Snapshot of the values of all variables of a layer, including random seeds.

    Args:
        layer: A built layer.
    """

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.values = [(variable, to_numpy(variable.value)) for variable in layer.variables]

    def restore(self) -> None:
        """Restore the values, and reset the state of a stateful layer."""
        reset(self.layer)
        for variable, value in self.values:
            variable.assign(value)

    def changed(self) -> list[Any]:
        """Return the variables whose values differ from the snapshot."""
        return [v for v, old in self.values if not _equal(old, to_numpy(v.value))]


def shared_layer(ctx: "Context") -> Any:
    """Return a built layer in its initial state, for checks that only call it.

    It is shared, because the first call of a new layer is slow on JAX.
    """

    def make() -> State:
        layer = ctx.built()
        reset(layer)
        return State(layer)

    state: State = ctx.cached("shared_layer", make)
    state.restore()
    return state.layer


def shared_outputs(ctx: "Context") -> list[Any]:
    """Return the outputs of the shared layer for the inputs of the case at inference."""
    from .batch_rows import call_with

    def make() -> list[Any]:
        layer = shared_layer(ctx)
        return flat_outputs(call_with(layer, ctx.inputs(), ctx.sample.call_kwargs))

    return ctx.cached("shared_outputs", make)  # type: ignore[no-any-return]


def reset(layer: Any) -> None:
    """Reset the state of a stateful recurrent layer, which Keras does not list as variables."""
    if getattr(layer, "stateful", False) and layer.built and hasattr(layer, "reset_state"):
        layer.reset_state()


def mutable_variables(layer: Any) -> list[Any]:
    """Return the variables that a call may change, including the states of a recurrent layer.

    The states of the recurrent layers of Keras are in no list of variables.
    """
    import keras

    states = [s for s in keras.tree.flatten(getattr(layer, "states", None)) if s is not None]
    known = {id(variable) for variable in layer.non_trainable_variables}
    extra = [s for s in states if hasattr(s, "assign") and id(s) not in known]
    return [*layer.non_trainable_variables, *extra]


def with_restored_variables(layer: Any, function: Callable[[], T]) -> T:
    """Return `function()`, and restore the variables of the layer that it may have changed."""
    before = [(v, flat_outputs(v.value)[0]) for v in mutable_variables(layer)]
    try:
        return function()
    finally:
        for variable, value in before:
            variable.assign(value)


def seed_variables(layer: Any) -> list[Any]:
    """Return the states of random generators: variables that are neither weights nor metrics."""
    known = {id(v) for v in (*layer.weights, *layer.metrics_variables)}
    return [v for v in layer.variables if id(v) not in known]


def paths(variables: list[Any]) -> str:
    """Return the paths of variables, for a message."""
    shown = ", ".join(repr(v.path) for v in variables[:4])
    return shown + (f" and {len(variables) - 4} more" if len(variables) > 4 else "")


def _equal(left: Any, right: Any) -> bool:
    equal_nan = left.dtype.kind in "fc"
    return left.shape == right.shape and bool(np.array_equal(left, right, equal_nan=equal_nan))
