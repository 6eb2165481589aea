"""Checks of deep copies and pickles of layers and models."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs, to_numpy, to_tensors
from keras_seqext.testing.helpers.batch_rows import call_with
from keras_seqext.testing.helpers.hidden_state import sublayers
from keras_seqext.testing.helpers.states import shared_layer, shared_outputs


def _scope(layer: Any) -> Any:
    """Return a scope in which unregistered classes are found; `registered_name` reports those."""
    import keras

    classes = {type(part) for part in sublayers(layer)}
    names = {cls.__name__: cls for cls in classes}
    names.update({keras.saving.get_registered_name(cls): cls for cls in classes})
    return keras.saving.custom_object_scope(names)


def _require_equal_copy(ctx: Context, copied: Callable[[Any], Any], what: str) -> None:
    layer = shared_layer(ctx)
    weights = [to_numpy(w.value) for w in layer.weights]
    with _scope(layer):
        other = copied(layer)
    require(
        type(other) is type(layer),
        f"{what} is a {type(other).__name__}; expected a {type(layer).__name__}",
    )
    pairs = zip(other.weights, weights, strict=False)
    require(
        len(other.weights) == len(weights) and all(tuple(w.shape) == v.shape for w, v in pairs),
        f"{what} has weights of shapes {[tuple(w.shape) for w in other.weights]}; expected "
        f"{[v.shape for v in weights]}",
    )
    ctx.close([to_numpy(w.value) for w in other.weights], weights, 0.0, f"{what}, the original")
    if not (ctx.traits.random_inference or ctx.traits.stateful):
        outputs = flat_outputs(call_with(other, ctx.inputs(), ctx.sample.call_kwargs))
        ctx.close(outputs, shared_outputs(ctx), 2e-5, f"{what}, the original")
    for weight in other.weights:
        weight.assign(np.zeros(tuple(weight.shape)))
    now = [to_numpy(w.value) for w in layer.weights]
    ctx.close(now, weights, 0.0, f"the original after the weights of {what} were set to 0, before")


@layer_check("recommended", after=("inference_pure",))
def deepcopy(ctx: Context) -> None:
    """A copy made by `copy.deepcopy` has the weights of the layer and shares no state with it.

    Why it matters: ensembles, target networks and hyperparameter searches copy layers.
    Usual causes: a `__deepcopy__` or `__reduce__` that returns the same weights; an argument that
    is not in the config.
    Reference: keras-team/keras #19383.
    """
    _require_equal_copy(ctx, copy.deepcopy, "the deep copy")


@layer_check("recommended", after=("inference_pure",))
def pickle_layer(ctx: Context) -> None:
    """An unpickled layer has the same weights and returns the same outputs.

    Why it matters: worker processes and joblib receive layers by pickle.
    Usual causes: a lock, file or function stored on the layer; an argument that is not in the
    config; an incomplete `__setstate__`.
    """
    _require_equal_copy(ctx, lambda layer: pickle.loads(pickle.dumps(layer)), "the unpickled layer")


@layer_check("recommended", after=("inference_pure",), cost="medium")
def pickle_model(ctx: Context) -> None:
    """An unpickled functional model with the layer has the same weights and outputs.

    Why it matters: scikit-learn wrappers and process pools pickle whole models.
    Usual causes: as for `pickle_layer`; a layer that is built differently by a symbolic call.
    """
    import keras

    if ctx.sample.dtype == "string" or ctx.sample.call_kwargs:
        raise NotApplicable("the input is not a plain tensor, or the call has keyword arguments")
    arguments = to_tensors(ctx.inputs())
    symbols = keras.tree.map_structure(
        lambda t: keras.Input(
            tuple(t.shape)[1:],
            batch_size=tuple(t.shape)[0] if ctx.traits.stateful else None,
            dtype=keras.backend.standardize_dtype(t.dtype),
        ),
        arguments,
    )
    layer = ctx.built()
    model = keras.Model(keras.tree.flatten(symbols), layer(*symbols))

    def predict(model: Any) -> list[Any]:
        flat = keras.tree.flatten(to_tensors(ctx.inputs()))
        return flat_outputs(model(flat if len(flat) > 1 else flat[0], training=False))

    expected = predict(model)
    with _scope(layer):
        other = pickle.loads(pickle.dumps(model))
    original, restored = ([to_numpy(w.value) for w in m.weights] for m in (model, other))
    ctx.close(restored, original, 0.0, "weights of the unpickled model, of the original")
    if not (ctx.traits.random_inference or ctx.traits.stateful):
        ctx.close(predict(other), expected, 2e-5, "the unpickled model, the original")
