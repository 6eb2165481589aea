"""The layer works inside the models and wrappers of Keras."""

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
    """In a functional model the layer gives what it gives alone.

    Why it matters: this is how most models are made.
    Usual causes: a symbolic shape used as a number; an output without `compute_output_shape`.
    """
    require_repeatable(ctx)
    expected = plain_outputs(ctx)
    layer = shared_layer(ctx)
    model = run_or_fail("calling the layer on a keras.Input", lambda: functional(ctx, layer))
    outputs = run_or_fail("calling the model", lambda: run_model(model, ctx.inputs()))
    ctx.close(outputs, expected, SAME, "in a functional model, alone")
    _all_weights(layer, model)


@layer_check("core")
def in_sequential(ctx: Context) -> None:
    """In a `Sequential` model, built by its first call, the layer gives what it gives alone.

    Why it matters: this is how most first models are made.
    Usual causes: a `build` that needs a call before it; an output that is no single tensor.
    """
    x = _one_tensor(ctx)
    expected = plain_outputs(ctx)
    layer = ctx.make()
    model = keras.Sequential([layer])
    run_or_fail("calling the model", lambda: model(to_tensors((x,))[0], training=False))
    _take_weights(ctx, layer)
    outputs = flat_outputs(model(to_tensors((x,))[0], training=False))
    ctx.close(outputs, expected, SAME, "in a Sequential model, alone")
    _all_weights(layer, model)


@layer_check("core")
def in_subclassed(ctx: Context) -> None:
    """In a subclassed model the layer gives what it gives alone, and its weights are the model's.

    Why it matters: research code is written this way.
    Usual causes: a `build` that nobody calls; weights that appear after the model was built.
    """
    require_repeatable(ctx)
    arguments = ctx.inputs()
    if len(arguments) != 1 or ctx.sample.call_kwargs:
        raise NotApplicable("the layer takes more than one argument")
    expected = plain_outputs(ctx)
    layer = ctx.make()
    model = ModelAround(layer)
    tensor = to_tensors(arguments)[0]
    run_or_fail("calling the model", lambda: model(tensor, training=False))
    _take_weights(ctx, layer)
    outputs = flat_outputs(model(tensor, training=False))
    ctx.close(outputs, expected, SAME, "in a subclassed model, alone")
    _all_weights(layer, model)


@layer_check("core", after=("call_finite", "config_json", "in_functional"))
def clone_model(ctx: Context) -> None:
    """`clone_model` makes a model with the same weights to set, and shares none of them.

    Why it matters: ensembles, averaged weights and transfer learning clone models.
    Usual causes: a constructor argument missing from `get_config`; a sublayer made outside of
    the constructor and shared.
    """
    require_repeatable(ctx)
    expected = plain_outputs(ctx)
    layer = shared_layer(ctx)
    model = functional(ctx, layer)
    with keras.saving.custom_object_scope({type(layer).__name__: type(layer)}):
        clone = run_or_fail("clone_model", lambda: keras.models.clone_model(model))
    _same_shapes(model, clone, "cloned, original")
    clone.set_weights(model.get_weights())
    ctx.close(run_model(clone, ctx.inputs()), expected, SAME, "cloned, original")
    shared = {id(weight) for weight in model.weights} & {id(weight) for weight in clone.weights}
    require(not shared, f"the clone shares {len(shared)} weights with the original")
    for weight in clone.weights:
        weight.assign(np.zeros_like(to_numpy(weight.value)))
    outputs = run_model(model, ctx.inputs())
    ctx.close(outputs, expected, SAME, "after setting the clone's weights to 0, before")


@layer_check("core")
def shared_twice(ctx: Context) -> None:
    """Called twice in one model, the layer has its weights once and gives both results.

    Why it matters: two inputs encoded alike, as in every similarity model.
    Usual causes: a value of the first call kept on `self`; weights made in every call.
    """
    require_repeatable(ctx)
    if ctx.traits.stateful:
        raise NotApplicable("the layer is stateful: its second call follows the first")
    expected = plain_outputs(ctx)
    others = other_arguments(ctx)
    layer = ctx.make()
    pairs = [symbolic_inputs(ctx), symbolic_inputs(ctx)]
    kwargs = dict(ctx.sample.call_kwargs)
    outputs = [run_or_fail("a symbolic call", partial(layer, *pair, **kwargs)) for pair in pairs]
    model = keras.Model(keras.tree.flatten(pairs), keras.tree.flatten(outputs))
    _take_weights(ctx, layer)
    _all_weights(layer, model)
    flat = keras.tree.flatten([list(ctx.inputs()), list(others)])
    found = flat_outputs(model(list(to_tensors(tuple(flat))), training=False))
    first, second = found[: len(found) // 2], found[len(found) // 2 :]
    ctx.close(first, expected, SAME, "first of two calls, alone")
    # A new copy, because its first call cannot have state from an earlier one.
    alone = ctx.run(ctx.copy_of(shared_layer(ctx), others), *others)
    ctx.close(second, alone, SAME, "second of two calls, alone")


@layer_check("core", after=("call_finite", "config_json"))
def in_time_distributed(ctx: Context) -> None:
    """`TimeDistributed` gives for each step what the layer gives for it alone.

    Why it matters: sequences of sequences, or of images, are modelled this way.
    Usual causes: `compute_output_shape` is wrong; a fixed batch size.
    """
    x = _one_tensor(ctx)
    if ctx.traits.stateful or not ctx.traits.per_example:
        raise NotApplicable("rows are not independent, and steps become rows")
    other = other_arguments(ctx)[0]
    layer = ctx.make()
    wrapper = keras.layers.TimeDistributed(layer)
    both = to_tensors((np.stack([x, other], axis=1),))[0]
    run_or_fail("TimeDistributed", lambda: wrapper(both, training=False))
    _take_weights(ctx, layer)
    found = to_numpy(wrapper(both, training=False))
    first = plain_outputs(ctx)[0]
    second = ctx.run(shared_layer(ctx), other)[0]
    ctx.close(found, np.stack([first, second], axis=1), 2e-5, "TimeDistributed, alone")


@layer_check("core", after=("call_finite", "config_json"))
def in_bidirectional(ctx: Context) -> None:
    """`Bidirectional` gives the layer forwards, and backwards in the order of the input.

    Why it matters: a backward half in the wrong order is aligned with the wrong steps.
    Usual causes: `go_backwards` is ignored, or turns the output round once more.
    Reference: keras-team/keras 13705.
    """
    x = _one_tensor(ctx)
    layer = ctx.make()
    config = layer.get_config()
    if not {"go_backwards", "return_sequences"} <= set(config):
        raise NotApplicable("the layer has no go_backwards and return_sequences")
    if ctx.traits.stateful or config.get("return_state") or config["go_backwards"]:
        raise NotApplicable("it is stateful, returns its state or goes backwards already")
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
        f"it has {len(wrapper.weights)} weights, twice {count} were expected",
    )
    values = wrapper.get_weights()
    forward.set_weights(values[:count])
    ctx.close(found[0], ctx.run(forward, x)[0], SAME, "forward half, alone")
    forward.set_weights(values[count:])
    turned = ctx.run(forward, np.flip(x, axis=ctx.traits.time_axis).copy())[0]
    if config["return_sequences"]:
        turned = np.flip(turned, axis=ctx.traits.time_axis)
    ctx.close(found[1], turned, SAME, "backward half, alone on the reversed input")


def _one_tensor(ctx: Context) -> Any:
    """The one input array of a layer with one output; not applicable otherwise."""
    require_repeatable(ctx)
    x = ctx.single_input()
    if ctx.sample.call_kwargs:
        raise NotApplicable("the call has keyword arguments")
    if x.dtype.kind in "USO":
        raise NotApplicable("strings do not enter a model on every backend")
    if len(plain_outputs(ctx)) != 1:
        raise NotApplicable("the layer has more than one output")
    return x


def _take_weights(ctx: Context, layer: Any) -> None:
    values = shared_layer(ctx).get_weights()
    require(
        [value.shape for value in values] == [tuple(w.shape) for w in layer.weights],
        f"it has weights {[tuple(w.shape) for w in layer.weights]} there, and "
        f"{[value.shape for value in values]} alone",
    )
    layer.set_weights(values)
    State(layer).restore()


def _all_weights(layer: Any, model: Any) -> None:
    inside, outside = len(model.weights), len(layer.weights)
    require(inside == outside, f"the model has {inside} weights, its one layer has {outside}")


def _same_shapes(model: Any, clone: Any, what: str) -> None:
    left = [tuple(weight.shape) for weight in clone.weights]
    right = [tuple(weight.shape) for weight in model.weights]
    require(left == right, f"{what}: weights {left} and {right}")
