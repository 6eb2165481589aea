"""Checks of copies of an initializer: clones, saved models, deep copies and pickles."""

import copy
import os
import pickle
import tempfile

from keras_seqext.testing.contexts.initializer import InitializerContext
from keras_seqext.testing.core.failure import NotApplicable, require_finite
from keras_seqext.testing.core.registry import initializer_check
from keras_seqext.testing.helpers.configs import description_of, layer_from_description


@initializer_check("recommended", after=("config_roundtrip",))
def clone(ctx: InitializerContext) -> None:
    """The method `clone` returns an initializer with the same values.

    Why it matters: layers with several weights clone an initializer for each of them; a clone
    without the file or the vocabulary of the original fills the weights with other values.
    Usual causes: the config does not hold all that is needed, and the class does not override
    `clone`.
    """
    initializer = ctx.new()
    expected = ctx.values(initializer)
    found = ctx.values(initializer.clone())
    if ctx.config_fixes_values(initializer):
        ctx.close(found, expected, "values of the clone, of the original")


@initializer_check("core", after=("in_layers",))
def load_and_clone(ctx: InitializerContext) -> None:
    """A model that uses it loads and can be cloned without its files, and retains its weights.

    Why it matters: a model is deployed without the word vectors that its weights came from.
    Usual causes: a constructor or `from_config` that opens a file; a restored initializer whose
    call raises an error in place of filling the weights until the saved weights are loaded.
    """
    import keras

    if len(ctx.shape) != 2:
        raise NotApplicable("`shape` does not have two axes")
    initializer = ctx.new()
    layer = keras.layers.Dense(ctx.shape[1], kernel_initializer=initializer)
    model = keras.Sequential([keras.Input((ctx.shape[0],)), layer])
    saved = model.get_weights()
    scope = keras.saving.custom_object_scope({type(initializer).__name__: type(initializer)})
    with tempfile.TemporaryDirectory() as folder, scope:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        with ctx.without_resources():
            loaded = keras.saving.load_model(path)
            copied = keras.models.clone_model(model)
            again = layer_from_description(description_of(initializer), type(initializer))
            require_finite(ctx.values(again), "the result of the restored initializer")
    for found, expected in zip(loaded.get_weights(), saved, strict=True):
        ctx.close(found, expected, "weight of the loaded model, of the saved model")
    for found in copied.get_weights():
        require_finite(found, "a weight of the cloned model")


@initializer_check("recommended")
def deepcopy(ctx: InitializerContext) -> None:
    """A deep copy returns the same values.

    Why it matters: tuners and wrappers copy the layers that they receive.
    Usual causes: an open file, a lock or a generator among the attributes.
    """
    initializer = ctx.new()
    expected = ctx.values(initializer)
    found = ctx.values(copy.deepcopy(initializer))
    ctx.close(found, expected, "values of the deep copy, of the original")


@initializer_check("recommended")
def pickled(ctx: InitializerContext) -> None:
    """An initializer that is pickled and unpickled returns the same values.

    Why it matters: initializers reach worker processes by pickle.
    Usual causes: a lambda, an open file or a class defined inside a function among the attributes.
    """
    initializer = ctx.new()
    expected = ctx.values(initializer)
    again = pickle.loads(pickle.dumps(initializer))
    ctx.close(ctx.values(again), expected, "values of the unpickled initializer, of the original")
