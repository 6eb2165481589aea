"""The variables of a layer: kept, put back, compared."""

from typing import TYPE_CHECKING, Any

import numpy as np

from keras_seqext.testing.core.tensors import flat_outputs, to_numpy

if TYPE_CHECKING:
    from keras_seqext.testing.contexts.layer import Context


class State:
    """The values of all variables of a layer, random seeds included, at one moment.

    Args:
        layer: A built layer.
    """

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.values = [(variable, to_numpy(variable.value)) for variable in layer.variables]

    def restore(self) -> None:
        """Puts the values back; a layer that carries state over calls begins with none."""
        reset(self.layer)
        for variable, value in self.values:
            variable.assign(value)

    def changed(self) -> list[Any]:
        """The variables that have other values now."""
        return [v for v, old in self.values if not _equal(old, to_numpy(v.value))]


def shared_layer(ctx: "Context") -> Any:
    """A built layer as it was first, for checks that only call it: a new one is costly on JAX."""

    def make() -> State:
        layer = ctx.built()
        reset(layer)
        return State(layer)

    state: State = ctx.cached("shared_layer", make)
    state.restore()
    return state.layer


def shared_outputs(ctx: "Context") -> list[Any]:
    """What the shared layer gives for the inputs of the case at inference."""
    from .batch_rows import call_with

    def make() -> list[Any]:
        layer = shared_layer(ctx)
        return flat_outputs(call_with(layer, ctx.inputs(), ctx.sample.call_kwargs))

    return ctx.cached("shared_outputs", make)  # type: ignore[no-any-return]


def reset(layer: Any) -> None:
    """Forgets the state that a recurrent layer carries, which Keras does not list as variable."""
    if getattr(layer, "stateful", False) and layer.built and hasattr(layer, "reset_state"):
        layer.reset_state()


def seed_variables(layer: Any) -> list[Any]:
    """The states of its random generators: variables that are neither weights nor metrics."""
    known = {id(v) for v in (*layer.weights, *layer.metrics_variables)}
    return [v for v in layer.variables if id(v) not in known]


def paths(variables: list[Any]) -> str:
    """Their paths, for a message."""
    shown = ", ".join(repr(v.path) for v in variables[:4])
    return shown + (f" and {len(variables) - 4} more" if len(variables) > 4 else "")


def _equal(left: Any, right: Any) -> bool:
    equal_nan = left.dtype.kind in "fc"
    return left.shape == right.shape and bool(np.array_equal(left, right, equal_nan=equal_nan))
