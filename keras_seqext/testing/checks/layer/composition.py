"""Checks of the layer inside models and wrappers of Keras."""

from functools import partial
from typing import Any

import keras
import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs, to_numpy, to_tensors
from keras_seqext.testing.helpers.compiling import require_repeatable, run_or_fail
from keras_seqext.testing.helpers.models import (
    functional,
    other_arguments,
    plain_outputs,
    run_model,
    symbolic_inputs,
)
from keras_seqext.testing.helpers.states import State, shared_layer

from .saving import ModelAround

SAME = 1e-5


@layer_check("core")
def in_functional(ctx: Context) -> None:
    """The layer returns the same outputs in a functional model and on its own.

    Why it matters: most models are functional models.
    Usual causes: a symbolic shape used as a number; an output without `compute_output_shape`.
    """
    require_repeatable(ctx)
    expected = plain_outputs(ctx)
    layer = shared_layer(ctx)
    model = run_or_fail("calling the layer on a keras.Input", lambda: functional(ctx, layer))
    outputs = run_or_fail("calling the model", lambda: run_model(model, ctx.inputs()))
    ctx.close(outputs, expected, SAME, "in a functional model, on its own")
    _require_all_weights(layer, model)


@layer_check("core")
def in_sequential(ctx: Context) -> None:
    """The layer returns the same outputs in a `Sequential` model that its first call builds.

    Why it matters: most first models are `Sequential` models.
    Usual causes: a `build` that needs an earlier call; an output that is not a single tensor.
    """
    x = _one_tensor(ctx)
    expected = plain_outputs(ctx)
    layer = ctx.make()
    model = keras.Sequential([layer])
    run_or_fail("calling the model", lambda: model(to_tensors((x,))[0], training=False))
    _take_weights(ctx, layer)
    outputs = flat_outputs(model(to_tensors((x,))[0], training=False))
    ctx.close(outputs, expected, SAME, "in a Sequential model, on its own")
    _require_all_weights(layer, model)


@layer_check("core")
def in_subclassed(ctx: Context) -> None:
    """The layer returns the same outputs in a subclassed model, which tracks its weights.

    Why it matters: research code uses subclassed models.
    Usual causes: a `build` that is never called; weights that are created after the model is built.
    """
    require_repeatable(ctx)
    arguments = ctx.inputs()
    if len(arguments) != 1 or ctx.sample.call_kwargs:
        raise NotApplicable("the layer has more than one argument")
    expected = plain_outputs(ctx)
    layer = ctx.make()
    model = ModelAround(layer)
    tensor = to_tensors(arguments)[0]
    run_or_fail("calling the model", lambda: model(tensor, training=False))
    _take_weights(ctx, layer)
    outputs = flat_outputs(model(tensor, training=False))
    ctx.close(outputs, expected, SAME, "in a subclassed model, on its own")
    _require_all_weights(layer, model)


@layer_check("core", after=("call_finite", "config_json", "in_functional"))
def clone_model(ctx: Context) -> None:
    """`clone_model` creates a model with weights of the same shapes, and shares no weights with it.

    Why it matters: ensembles, averaged weights and transfer learning clone models.
    Usual causes: a constructor argument missing from `get_config`; a sublayer that is created
    outside the constructor and shared.
    """
    require_repeatable(ctx)
    expected = plain_outputs(ctx)
    layer = shared_layer(ctx)
    model = functional(ctx, layer)
    with keras.saving.custom_object_scope({type(layer).__name__: type(layer)}):
        clone = run_or_fail("clone_model", lambda: keras.models.clone_model(model))
    _require_same_shapes(model, clone)
    clone.set_weights(model.get_weights())
    ctx.close(run_model(clone, ctx.inputs()), expected, SAME, "cloned model, original model")
    shared = {id(weight) for weight in model.weights} & {id(weight) for weight in clone.weights}
    require(not shared, f"the clone shares {len(shared)} weights with the original")
    for weight in clone.weights:
        weight.assign(np.zeros_like(to_numpy(weight.value)))
    outputs = run_model(model, ctx.inputs())
    ctx.close(
        outputs, expected, SAME, "original after the weights of the clone were set to 0, before"
    )


@layer_check("core")
def shared_twice(ctx: Context) -> None:
    """A layer called twice in a model has a single set of weights and returns both results.

    Why it matters: similarity models apply one encoder to two inputs.
    Usual causes: a value of the first call stored on `self`; weights created in every call.
    """
    require_repeatable(ctx)
    if ctx.traits.stateful:
        raise NotApplicable("the layer is stateful, so its second call depends on the first")
    expected = plain_outputs(ctx)
    others = other_arguments(ctx)
    layer = ctx.make()
    pairs = [symbolic_inputs(ctx), symbolic_inputs(ctx)]
    kwargs = dict(ctx.sample.call_kwargs)
    outputs = [run_or_fail("a symbolic call", partial(layer, *pair, **kwargs)) for pair in pairs]
    model = keras.Model(keras.tree.flatten(pairs), keras.tree.flatten(outputs))
    _take_weights(ctx, layer)
    _require_all_weights(layer, model)
    flat = keras.tree.flatten([list(ctx.inputs()), list(others)])
    found = flat_outputs(model(list(to_tensors(tuple(flat))), training=False))
    first, second = found[: len(found) // 2], found[len(found) // 2 :]
    ctx.close(first, expected, SAME, "first of two calls, on its own")
    # A new copy, because its first call cannot have state from an earlier one.
    alone = ctx.run(ctx.copy_of(shared_layer(ctx), others), *others)
    ctx.close(second, alone, SAME, "second of two calls, on its own")


@layer_check("core", after=("call_finite", "config_json"))
def in_time_distributed(ctx: Context) -> None:
    """`TimeDistributed` returns for each step what the layer returns for the step on its own.

    Why it matters: `TimeDistributed` models sequences of sequences and sequences of images.
    Usual causes: a wrong `compute_output_shape`; a fixed batch size.
    """
    x = _one_tensor(ctx)
    if ctx.traits.stateful or not ctx.traits.per_example:
        raise NotApplicable("rows are not independent, and TimeDistributed turns steps into rows")
    other = other_arguments(ctx)[0]
    layer = ctx.make()
    wrapper = keras.layers.TimeDistributed(layer)
    both = to_tensors((np.stack([x, other], axis=1),))[0]
    run_or_fail("TimeDistributed", lambda: wrapper(both, training=False))
    _take_weights(ctx, layer)
    found = to_numpy(wrapper(both, training=False))
    first = plain_outputs(ctx)[0]
    second = ctx.run(shared_layer(ctx), other)[0]
    ctx.close(found, np.stack([first, second], axis=1), 2e-5, "TimeDistributed, on its own")


@layer_check("core", after=("call_finite", "config_json"))
def in_bidirectional(ctx: Context) -> None:
    """`Bidirectional` returns the layer forwards, and backwards in the order of the input.

    Why it matters: a backward half in the wrong order is aligned with the wrong steps.
    Usual causes: `go_backwards` is ignored, or reverses the output a second time.
    Reference: keras-team/keras 13705.
    """
    x = _one_tensor(ctx)
    layer = ctx.make()
    config = layer.get_config()
    if not {"go_backwards", "return_sequences"} <= set(config):
        raise NotApplicable("the layer does not have both go_backwards and return_sequences")
    if ctx.traits.stateful or config.get("return_state") or config["go_backwards"]:
        raise NotApplicable("the layer is stateful, returns its state or already goes backwards")
    forward = ctx.make()
    wrapper = run_or_fail(
        "Bidirectional", lambda: keras.layers.Bidirectional(layer, merge_mode=None)
    )
    tensor = to_tensors((x,))[0]
    run_or_fail("Bidirectional", lambda: wrapper(tensor, training=False))
    ctx.randomise(wrapper)
    found = flat_outputs(wrapper(tensor, training=False))
    ctx.run(forward, x)
    count = len(forward.weights)
    require(
        len(wrapper.weights) == 2 * count,
        f"Bidirectional has {len(wrapper.weights)} weights; expected {2 * count}, twice those of "
        "the layer",
    )
    values = wrapper.get_weights()
    forward.set_weights(values[:count])
    ctx.close(found[0], ctx.run(forward, x)[0], SAME, "forward half, layer on its own")
    forward.set_weights(values[count:])
    backward = ctx.run(forward, np.flip(x, axis=ctx.traits.time_axis).copy())[0]
    if config["return_sequences"]:
        backward = np.flip(backward, axis=ctx.traits.time_axis)
    ctx.close(found[1], backward, SAME, "backward half, layer on the reversed input")


def _one_tensor(ctx: Context) -> Any:
    """Return the single input array of a layer with one output; not applicable otherwise."""
    require_repeatable(ctx)
    x = ctx.single_input()
    if ctx.sample.call_kwargs:
        raise NotApplicable("the call has keyword arguments")
    if x.dtype.kind in "USO":
        raise NotApplicable("not every backend accepts strings in a model")
    if len(plain_outputs(ctx)) != 1:
        raise NotApplicable("the layer has more than one output")
    return x


def _take_weights(ctx: Context, layer: Any) -> None:
    values = shared_layer(ctx).get_weights()
    require(
        [value.shape for value in values] == [tuple(w.shape) for w in layer.weights],
        f"in the model the layer has weights of shapes {[tuple(w.shape) for w in layer.weights]}, "
        f"and on its own {[value.shape for value in values]}",
    )
    layer.set_weights(values)
    State(layer).restore()


def _require_all_weights(layer: Any, model: Any) -> None:
    inside, outside = len(model.weights), len(layer.weights)
    require(inside == outside, f"the model has {inside} weights, but its only layer has {outside}")


def _require_same_shapes(model: Any, clone: Any) -> None:
    left = [tuple(weight.shape) for weight in clone.weights]
    right = [tuple(weight.shape) for weight in model.weights]
    require(left == right, f"the weights of the clone have shapes {left}; expected {right}")
