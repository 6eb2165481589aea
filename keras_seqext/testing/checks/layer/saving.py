"""Checks of saving: a saved model can be loaded and returns the same outputs."""

import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs, to_numpy, to_tensors
from keras_seqext.testing.helpers.compiling import require_repeatable, run_or_fail
from keras_seqext.testing.helpers.fresh_process import modules_of, outputs_in_fresh_process
from keras_seqext.testing.helpers.models import functional, run_model
from keras_seqext.testing.helpers.states import State

SAVED = 1e-6


@keras.saving.register_keras_serializable(package="keras_seqext_testing")
class ModelAround(keras.Model):
    """Subclassed model that consists of a single layer.

    Args:
        layer: Layer to call.
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer

    def call(self, inputs: Any) -> Any:
        return self.layer(inputs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "layer": keras.saving.serialize_keras_object(self.layer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "ModelAround":
        layer = keras.saving.deserialize_keras_object(config["layer"])
        return cls(**{**config, "layer": layer})


@layer_check("core", after=("call_finite", "config_json"), cost="medium")
def save_load(ctx: Context) -> None:
    """A model with the layer returns the same outputs when loaded from `.keras` or `.weights.h5`.

    Why it matters: otherwise the result of training is lost, or silently replaced by random
    weights.
    Usual causes: sublayers built in `call` and not in `build`; layers or weights in an attribute
    that Keras does not track; two of them with the same name; a constructor argument missing from
    `get_config`.
    Reference: keras-team/keras 18823, 18913, 20260.
    """
    require_repeatable(ctx)
    layer, model = _model(ctx)
    # A call may change state, so every call and every save starts from the same state.
    state = State(layer)
    state.restore()
    expected = run_model(model, ctx.inputs())
    state.restore()
    with tempfile.TemporaryDirectory() as folder:
        whole, weights = Path(folder, "model.keras"), Path(folder, "model.weights.h5")
        run_or_fail("saving the model", lambda: model.save(whole))
        run_or_fail("saving the weights", lambda: model.save_weights(weights))
        state.restore()
        with keras.saving.custom_object_scope({type(layer).__name__: type(layer)}):
            loaded = run_or_fail("loading the model", lambda: keras.saving.load_model(whole))
        _require_same_model(ctx, layer, loaded, expected, "loaded model")
        other = ctx.make()
        second = functional(ctx, other)
        _disturb(other, ctx.seed)
        run_or_fail("loading the weights", lambda: second.load_weights(weights))
        _require_same_model(ctx, layer, second, expected, "model with loaded weights")


@layer_check("core", after=("call_finite", "config_json"), cost="medium")
def save_load_subclassed(ctx: Context) -> None:
    """A subclassed model with the layer, which is rebuilt from its input shape, can be loaded.

    Why it matters: Keras builds the layers of a subclassed model in another way when it loads the
    model.
    Usual causes: a `build` that does not create the sublayers; weights created in `call`; a wrong
    `get_build_config`.
    """
    require_repeatable(ctx)
    arguments = ctx.inputs()
    if len(arguments) != 1 or ctx.sample.call_kwargs:
        raise NotApplicable("the layer has more than one argument")
    if any(np.asarray(v).dtype.kind in "USO" for v in keras.tree.flatten(list(arguments))):
        raise NotApplicable("not every backend accepts strings in a model")
    layer = ctx.built()
    state = State(layer)
    state.restore()
    model = ModelAround(layer)
    expected = run_or_fail("calling the model", lambda: _run(model, arguments))
    state.restore()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        run_or_fail("saving the model", lambda: model.save(path))
        state.restore()
        with keras.saving.custom_object_scope({type(layer).__name__: type(layer)}):
            loaded = run_or_fail("loading the model", lambda: keras.saving.load_model(path))
        _require_same_weights(layer, loaded.layer, "loaded model")
        outputs = run_or_fail("calling the loaded model", lambda: _run(loaded, arguments))
        ctx.close(outputs, expected, SAVED, "loaded model, saved model")


@layer_check("core", after=("save_load",), cost="slow", fresh_process=True)
def load_in_fresh_process(ctx: Context) -> None:
    """Another process, which imports only the layer's module, loads the model with equal outputs.

    Why it matters: a model is trained in one program and served by another.
    Usual causes: the class is not registered, or is registered under another name than in the file;
    the module needs a setting from the training script; state in Python attributes.
    Reference: keras-team/keras 19899, 21046.
    """
    require_repeatable(ctx)
    layer, model = _model(ctx)
    modules = modules_of(layer)
    state = State(layer)
    state.restore()
    expected = run_model(model, ctx.inputs())
    state.restore()
    inputs = keras.tree.flatten(list(ctx.inputs()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        model.save(path)
        found = outputs_in_fresh_process(modules, {"functional": path}, inputs, Path(folder))[
            "functional"
        ]
    if isinstance(found, str):
        raise CheckFailure(f"in a fresh process that imports only {', '.join(modules)}: {found}")
    ctx.close(found, expected, 1e-5, "in a fresh process, in this process")


def _model(ctx: Context) -> tuple[Any, Any]:
    layer = ctx.built()
    model = run_or_fail("calling the layer on a keras.Input", lambda: functional(ctx, layer))
    return layer, model


def _run(model: Any, arguments: tuple[Any, ...]) -> list[Any]:
    """Call a subclassed model, which takes the input in the structure that the layer takes."""
    return flat_outputs(model(to_tensors(arguments)[0], training=False))


def _disturb(layer: Any, seed: int) -> None:
    """Change the initial values of the weights, so that a weight that is not loaded is detected."""
    rng = np.random.default_rng(seed + 29)
    for weight in layer.weights:
        if "float" in str(weight.dtype):
            value = to_numpy(weight.value)
            weight.assign(value + 0.1 * rng.random(value.shape))


def _require_same_model(
    ctx: Context, layer: Any, model: Any, expected: list[Any], what: str
) -> None:
    found = next(
        (part for part in model.layers if type(part) is type(layer)),
        None,
    )
    if found is not None:
        _require_same_weights(layer, found, what)
    outputs = run_or_fail(f"calling the {what}", lambda: run_model(model, ctx.inputs()))
    ctx.close(outputs, expected, SAVED, f"{what}, saved model")


def _require_same_weights(layer: Any, other: Any, what: str) -> None:
    require(
        len(layer.weights) == len(other.weights),
        f"the layer of the {what} has {len(other.weights)} weights; {len(layer.weights)} were "
        "saved",
    )
    for saved, loaded in zip(layer.weights, other.weights, strict=True):
        left, right = to_numpy(saved.value), to_numpy(loaded.value)
        require(
            left.shape == right.shape,
            f"{loaded.path} of the {what} has shape {right.shape}; {left.shape} was saved",
        )
        different = int(np.sum(left != right))
        require(
            not different or np.array_equal(left, right, equal_nan=left.dtype.kind == "f"),
            f"{loaded.path} of the {what} has other values than the saved {saved.path} "
            f"({different} of {left.size} differ)",
        )
