"""Recurrent layers with other options and the same weights, and their calls."""

from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable
from keras_seqext.testing.core.tensors import accepts, flat_outputs, to_tensors

from .states import reset, shared_layer, with_restored_variables


def is_keras_rnn(layer: Any) -> bool:
    """Return whether the layer is a `keras.layers.RNN`."""
    import keras

    return isinstance(layer, keras.layers.RNN)


def config_flag(ctx: Context, name: str) -> bool:
    """Return a boolean option of the layer; not applicable if there is no such option."""
    value = ctx.make().get_config().get(name)
    if not isinstance(value, bool):
        raise NotApplicable(f"the layer has no option `{name}`")
    return value


def state_changes(ctx: Context) -> dict[str, Any]:
    """Return options with which the layer returns every output and its state.

    Not applicable if the layer does not accept an initial state.
    """
    import keras

    layer = ctx.make()
    if not accepts(layer, "initial_state"):
        raise NotApplicable("`call` has no argument `initial_state`")
    if isinstance(layer, keras.layers.Bidirectional):
        raise NotApplicable("one direction starts at the end, so a sequence cannot be split")
    config_flag(ctx, "return_state")
    changes: dict[str, Any] = {"return_state": True}
    config = layer.get_config()
    if isinstance(config.get("return_sequences"), bool):
        changes["return_sequences"] = True
    if config.get("go_backwards"):
        changes["go_backwards"] = False
    if config.get("stateful"):
        changes["stateful"] = False
    return changes


def recurrent(ctx: Context, **changes: Any) -> "Recurrent":
    """Return the layer with other options and the same weights, made once for all checks."""
    if ctx.traits.random_inference:
        raise NotApplicable("declared: random_inference=True")
    key = "recurrent " + ", ".join(f"{k}={v}" for k, v in sorted(changes.items()))

    def make() -> Recurrent:
        base = shared_layer(ctx)
        same = all(base.get_config().get(k) == v for k, v in changes.items())
        return Recurrent(ctx, base if same else ctx.copy_of(base, **changes))

    found: Recurrent = ctx.cached(key, make)
    reset(found.layer)
    return found


class Recurrent:
    """Calls of a built layer with masks and states, compiled where an eager call is slow.

    Args:
        ctx: Context of the check.
        layer: A built layer.

    Attributes:
        sequences: Whether the first output has the steps of the input.
    """

    def __init__(self, ctx: Context, layer: Any) -> None:
        self.ctx, self.layer = ctx, layer
        self._repeated = backends.current().repeated(self._call, layer)
        self._gradients: Any = None
        x = ctx.sequence_input()
        outputs = self.run(x)
        self.sequences = outputs[0].ndim >= 2 and outputs[0].shape[1] == x.shape[1]
        if isinstance(layer.get_config().get("return_sequences"), bool):
            self.sequences = layer.get_config()["return_sequences"]

    def run(self, x: Any, mask: Any = None, initial_state: Any = None) -> Any:
        """Return all outputs as NumPy arrays, and restore the variables of the layer."""
        state = None if initial_state is None else list(initial_state)
        try:
            return self._restoring(self._repeated, x, mask, state)
        except Exception:  # `jit_parity` reports why the layer cannot be compiled
            return self._restoring(self._call, x, mask, state)

    def _restoring(self, call: Any, x: Any, mask: Any, state: Any) -> list[Any]:
        return with_restored_variables(self.layer, lambda: flat_outputs(call(x, mask, state)))

    def step(self, x: Any, mask: Any = None) -> list[Any]:
        """Return all outputs of an eager call, which may change the state of the layer."""
        arguments, kwargs = self._arguments(x, mask, None)
        return flat_outputs(self.layer(*arguments, **kwargs))

    def _call(self, x: Any, mask: Any, state: Any) -> list[Any]:
        import keras

        arguments, kwargs = self._arguments(x, mask, state)
        outputs = self.layer(*arguments, **kwargs)
        return [t for t in keras.tree.flatten(outputs) if t is not None]

    def _arguments(self, x: Any, mask: Any, state: Any) -> tuple[Any, dict[str, Any]]:
        kwargs = dict(self.ctx.sample.call_kwargs)
        if mask is not None:
            kwargs["mask"] = to_tensors((mask,))[0]
        if state is not None:
            tensors = list(to_tensors(tuple(state)))
            kwargs["initial_state"] = self.packed_states(tensors)
        return to_tensors((x,)), kwargs

    def packed_states(self, flat: list[Any]) -> Any:
        """Return states nested like those of the cell, which are nested lists for stacked cells."""
        import keras

        size = getattr(getattr(self.layer, "cell", None), "state_size", None)
        if not isinstance(size, (list, tuple)):
            return list(flat)
        if len(keras.tree.flatten(size)) != len(flat):
            return list(flat)
        return keras.tree.pack_sequence_as(list(size), list(flat))

    def input_gradient(self, x: Any, weight: Any) -> Any:
        """Return the gradient by `x` of the first output times `weight`, `None` without a path."""
        import keras

        def loss(inputs: list[Any], weight: Any) -> Any:
            output = self._call(inputs[0], None, None)[0]
            weight = keras.ops.convert_to_tensor(weight, "float32")
            return keras.ops.sum(keras.ops.cast(output, "float32") * weight)

        if self._gradients is None:
            self._gradients = backends.current().repeated_gradients(loss, self.layer)
        gradients, weight = self._gradients, np.asarray(weight, "float32")
        return with_restored_variables(self.layer, lambda: gradients([x], weight)[1][0])
