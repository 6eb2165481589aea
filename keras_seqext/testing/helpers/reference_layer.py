"""Reference layer that copies are compared with, made once per case."""

from functools import cached_property
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import require
from keras_seqext.testing.core.tensors import flat_outputs

from .configs import description_of
from .reachable_objects import all_variables
from .weights import Weight, difference, weights_of


class Reference:
    """A layer built by a call, with random weights. Checks must not change it.

    Outputs are cached, because JAX compiles a recurrent layer in every eager call.

    Args:
        ctx: Context of the check.

    Attributes:
        settings: Numbers in its config, before the first call.
    """

    def __init__(self, ctx: Context) -> None:
        import keras

        keras.utils.set_random_seed(ctx.seed)
        self.ctx = ctx
        self.layer = ctx.make()
        self.settings = settings_of(self.layer)
        ctx.run(self.layer, *ctx.inputs())
        ctx.randomise(self.layer)
        self.weights: list[Weight] = weights_of(self.layer)
        self.values = _values(all_variables(self.layer))
        self.weight_values = _values(self.layer.weights)
        self._outcomes: dict[bool, tuple[list[Any], list[Any]]] = {}

    @cached_property
    def description(self) -> Any:
        """Description of the layer that `model.save` writes."""
        return description_of(self.layer)

    def outcome(self, training: bool) -> tuple[list[Any], list[Any]]:
        """Return outputs and losses, computed from the initial values of all variables."""
        if training not in self._outcomes:
            self._outcomes[training] = self._run(self.layer, training)
        return self._outcomes[training]

    def require_same_weights(self, other: Any, how: str) -> None:
        """Fail unless another layer has weights of the same names, shapes and dtypes."""
        wrong = difference(weights_of(other), self.weights)
        require(wrong is None, f"{how}, compared with a first call: {wrong}")

    def require_same_outcome(self, other: Any, how: str, training: bool = False) -> None:
        """Fail unless another layer with the same values has the same outputs and losses."""
        traits = self.ctx.traits
        if traits.random_inference:
            return
        found = self._run(other, training)
        mode = "training" if training else "inference"
        for name, left, right in zip(
            ("output", "loss"), found, self.outcome(training), strict=True
        ):
            self.ctx.close(left, right, 1e-5, f"{name} in {mode} {how}, of one made by a call")

    def _run(self, layer: Any, training: bool) -> tuple[list[Any], list[Any]]:
        import keras

        variables = all_variables(layer)
        if [tuple(v.shape) for v in variables] == [v.shape for v in self.values]:
            for variable, value in zip(variables, self.values, strict=True):
                variable.assign(value)
        else:  # one of the two has states or seeds that the other does not have
            for weight, value in zip(layer.weights, self.weight_values, strict=True):
                weight.assign(value)
        keras.utils.set_random_seed(self.ctx.seed)
        outputs = self.ctx.run(layer, *self.ctx.inputs(), training=training)
        return outputs, [flat_outputs(loss)[0] for loss in layer.losses]


def reference(ctx: Context) -> Reference:
    """Return the reference of a case, shared by its checks."""
    found: Reference = ctx.cached("reference", lambda: Reference(ctx))
    return found


def settings_of(layer: Any) -> dict[str, Any]:
    """Return the numbers in the config of a layer; empty if it has no config."""
    try:
        config = layer.get_config()
    except Exception:  # reported by the checks of configs
        return {}
    return {key: value for key, value in config.items() if type(value) in (bool, int, float)}


def symbols(ctx: Context) -> Any:
    """Return a `KerasTensor` for each argument of the call."""
    import keras

    def symbol(value: Any) -> Any:
        dtype = "string" if value.dtype.kind in "USO" else str(value.dtype)
        return keras.KerasTensor(value.shape, dtype)

    return keras.tree.map_structure(symbol, ctx.inputs())


def built(ctx: Context, layer: Any) -> Any:
    """Build `layer` and return it, by a symbolic call if that makes all of its weights."""
    wanted = len(reference(ctx).weights)
    try:
        layer(*symbols(ctx), **dict(ctx.sample.call_kwargs))
    except Exception:
        ctx.run(layer, *ctx.inputs())
    if len(layer.weights) != wanted:
        ctx.run(layer, *ctx.inputs())
    return layer


def _values(variables: list[Any]) -> list[Any]:
    return [np.array(flat_outputs(variable.value)[0]) for variable in variables]
