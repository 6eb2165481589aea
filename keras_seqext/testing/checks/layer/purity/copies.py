"""Copies of a layer are as good as the layer, and apart from it."""

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
    """Classes that are not registered can be found: that is the claim of another check."""
    import keras

    classes = {type(part) for part in sublayers(layer)}
    names = {cls.__name__: cls for cls in classes}
    names.update({keras.saving.get_registered_name(cls): cls for cls in classes})
    return keras.saving.custom_object_scope(names)


def _copied_well(ctx: Context, copied: Callable[[Any], Any], what: str) -> None:
    layer = shared_layer(ctx)
    weights = [to_numpy(w.value) for w in layer.weights]
    with _scope(layer):
        other = copied(layer)
    require(type(other) is type(layer), f"{what} is a {type(other).__name__}")
    pairs = zip(other.weights, weights, strict=False)
    require(
        len(other.weights) == len(weights) and all(tuple(w.shape) == v.shape for w, v in pairs),
        f"{what} has weights of other shapes: {[tuple(w.shape) for w in other.weights]}, "
        f"the original {[v.shape for v in weights]}",
    )
    ctx.close([to_numpy(w.value) for w in other.weights], weights, 0.0, f"{what}, original")
    if not (ctx.traits.random_inference or ctx.traits.stateful):
        outputs = flat_outputs(call_with(other, ctx.inputs(), ctx.sample.call_kwargs))
        ctx.close(outputs, shared_outputs(ctx), 2e-5, f"{what}, the original")
    for weight in other.weights:
        weight.assign(np.zeros(tuple(weight.shape)))
    now = [to_numpy(w.value) for w in layer.weights]
    ctx.close(now, weights, 0.0, f"the original after {what} was set to zero, before")


@layer_check("recommended", after=("inference_pure",))
def deepcopy(ctx: Context) -> None:
    """`copy.deepcopy` of a layer has its weights and shares nothing with it.

    Why it matters: ensembles, target networks and hyperparameter searches copy layers.
    Usual causes: a `__deepcopy__` or `__reduce__` that hands out the same weights; an argument
    that is not in the config.
    Reference: keras-team/keras #19383.
    """
    _copied_well(ctx, copy.deepcopy, "the deep copy")


@layer_check("recommended", after=("inference_pure",))
def pickle_layer(ctx: Context) -> None:
    """A pickled layer comes back with its weights and gives the same outputs.

    Why it matters: worker processes and joblib send layers by pickle.
    Usual causes: a lock, file or function kept on the layer; an argument that is not in the
    config; a `__setstate__` that forgets something.
    """
    _copied_well(ctx, lambda layer: pickle.loads(pickle.dumps(layer)), "the unpickled layer")


@layer_check("recommended", after=("inference_pure",), cost="medium")
def pickle_model(ctx: Context) -> None:
    """A functional model with the layer in it survives pickling.

    Why it matters: scikit-learn wrappers and process pools pickle whole models.
    Usual causes: as for the layer alone; a layer that is built otherwise when it is symbolic.
    """
    import keras

    if ctx.sample.dtype == "string" or ctx.sample.call_kwargs:
        raise NotApplicable("the input is no plain tensor")
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
    ours, theirs = ([to_numpy(w.value) for w in m.weights] for m in (model, other))
    ctx.close(theirs, ours, 0.0, "weights of the unpickled model, of the model")
    if not (ctx.traits.random_inference or ctx.traits.stateful):
        ctx.close(predict(other), expected, 2e-5, "the unpickled model, the model")
