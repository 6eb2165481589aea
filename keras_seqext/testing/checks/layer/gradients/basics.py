"""Gradients reach all weights and inputs, and are finite."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import dtype_of, to_numpy
from keras_seqext.testing.helpers.losses import Gradients, LayerLoss
from keras_seqext.testing.helpers.models import other_arguments, plain_outputs
from keras_seqext.testing.helpers.states import State


@layer_check("core")
def grad_all_weights(ctx: Context) -> None:
    """Every trainable weight has a finite gradient that is not all zero.

    Why it matters: a weight without a gradient keeps its random start through all of training.
    Usual causes: the weight is not used in `call`; `stop_gradient`; a detour through NumPy;
    an integer weight that is marked as trainable. A weight that is meant to have none goes into
    `Traits(zero_gradients=...)`.
    """
    layer, found = _training_gradients(ctx)
    weights = layer.trainable_variables
    if not weights:
        raise NotApplicable("the layer has no trainable weight")
    for weight in weights:
        require(
            "float" in dtype_of(weight),
            f"{weight.path} is trainable and of dtype {dtype_of(weight)}, which has no gradient",
        )
    for weight, gradient in zip(weights, found.by_weights, strict=True):
        ctx.finite(gradient, f"the gradient of {weight.path}")
    dead = {i for i, gradient in enumerate(found.by_weights) if _nothing(gradient)}
    dead -= {i for i in dead if any(part in weights[i].path for part in ctx.traits.zero_gradients)}
    if dead:
        dead -= _alive_elsewhere(ctx)
    if dead:
        dead -= _in_losses(ctx, sorted(dead))
    if dead:
        index = min(dead)
        kind = "None: no path leads to it" if found.by_weights[index] is None else "all zero"
        names = ", ".join(weights[i].path for i in sorted(dead))
        raise CheckFailure(
            f"the gradient of {weights[index].path} is {kind}, with random inputs and weights, in "
            f"training and at inference ({len(dead)} of {len(weights)} weights: {names})"
        )


@layer_check("core")
def grad_inputs(ctx: Context) -> None:
    """Every float input that changes the output has a finite gradient.

    Why it matters: layers in front of this one do not train.
    Usual causes: `argmax`, `round`, a comparison or a cast to integers in between; NumPy in
    `call`; `stop_gradient`. Declare `Traits(nondifferentiable=True)` where this is meant.
    """
    if ctx.traits.nondifferentiable:
        raise NotApplicable("declared as not differentiable")
    layer, found = _training_gradients(ctx)
    if not found.by_inputs:
        raise NotApplicable("no input is a float")
    for number, gradient in enumerate(found.by_inputs):
        ctx.finite(gradient, f"the gradient of float input {number}")
    missing = [i for i, gradient in enumerate(found.by_inputs) if _nothing(gradient)]
    changing = [i for i in missing if _changes_outputs(ctx, i)]
    if missing and not changing and len(missing) == len(found.by_inputs):
        raise NotApplicable("the float outputs do not depend on the values of the float inputs")
    if changing and _encodes(ctx, layer):
        raise NotApplicable("the output is an encoding of zeros and ones")
    if changing:
        gradient = found.by_inputs[changing[0]]
        kind = "None: no path leads to it" if gradient is None else "zero everywhere"
        raise CheckFailure(
            f"the gradient of float input {changing[0]} is {kind}, though other values of this "
            "input change the output"
        )


@layer_check("recommended", after=("call_finite", "grad_inputs"))
def grad_large_inputs(ctx: Context) -> None:
    """Gradients are finite at zero, at large and at constant inputs, where the output is.

    Why it matters: one NaN in one gradient ends a training run, hours after it began.
    Usual causes: `sqrt`, a norm or a logarithm at 0; a division by a variance of 0; `exp` of a
    large number that a later division was meant to tame.
    """
    loss = LayerLoss(ctx, ctx.built())
    if not loss.inputs:
        raise NotApplicable("no input is a float")
    _finite_at(ctx, loss, "zero", [np.zeros_like(x) for x in loss.inputs])
    _finite_at(ctx, loss, "1e4 times the sample", [x * 1e4 for x in loss.inputs])
    _finite_at(ctx, loss, "constant", [np.full_like(x, np.mean(x)) for x in loss.inputs])


@layer_check("strict", after=("call_finite", "grad_inputs", "grad_all_weights"), cost="medium")
def second_order(ctx: Context) -> None:
    """The gradient has a finite gradient itself.

    Why it matters: gradient penalties, meta-learning and curvature estimates need it.
    Usual causes: a custom gradient that is not differentiable; an operation without a second
    derivative; a square root at 0.
    """
    from keras_seqext.testing import backends

    if ctx.traits.nondifferentiable or ctx.traits.surrogate_gradient:
        raise NotApplicable("declared to have no true gradient")
    loss = LayerLoss(ctx, ctx.built())
    if not loss.inputs and not loss.layer.trainable_variables:
        raise NotApplicable("there is nothing to take a gradient by")
    found = backends.current().second_order(
        lambda *inputs: loss._value(list(inputs), loss.cotangents),
        loss.inputs,
        list(loss.layer.trainable_variables),
    )
    ctx.finite(found, "the gradient of the squared gradients")


def _training_gradients(ctx: Context) -> tuple[Any, Gradients]:
    def make() -> tuple[Any, Gradients]:
        layer = ctx.built()
        for weight in layer.trainable_variables:
            if "float" not in dtype_of(weight):  # JAX refuses to differentiate by it
                return layer, Gradients(0.0, [], [])
        return layer, LayerLoss(ctx, layer, training=True).gradients()

    found: tuple[Any, Gradients] = ctx.cached("training_gradients", make)
    return found


def _nothing(gradient: Any) -> bool:
    return gradient is None or (gradient.size > 0 and not np.any(gradient))


def _alive_elsewhere(ctx: Context) -> set[int]:
    """Weights with a gradient at inference, for other inputs or under a mask."""
    first = ctx.inputs()[0]
    masks: list[Any] = [None]
    if ctx.traits.takes_mask and isinstance(first, np.ndarray) and first.ndim >= 2:
        masks.append(ctx.masks()["holes"])
    alive: set[int] = set()
    for mask in masks:
        for seed, training in ((0, False), (100, True), (200, True)):
            layer = ctx.built()
            arguments = other_arguments(ctx, seed) if seed else ctx.inputs()
            try:
                loss = LayerLoss(ctx, layer, mask=mask, training=training, arguments=arguments)
                found = loss.gradients()
            except Exception:  # a mask of another kind: checks of masks report it
                continue
            alive |= {i for i, g in enumerate(found.by_weights) if not _nothing(g)}
    return alive


def _in_losses(ctx: Context, indices: list[int]) -> set[int]:
    """Weights that the losses added by the layer depend on."""
    layer = ctx.built()
    state = State(layer)
    before = _added_losses(ctx, layer)
    if not before:
        return set()
    found = set()
    for index in indices:
        weight = layer.trainable_variables[index]
        weight.assign(to_numpy(weight.value) * 1.5 + 0.25)
        if not np.array_equal(_added_losses(ctx, layer), before):
            found.add(index)
        state.restore()
    return found


def _added_losses(ctx: Context, layer: Any) -> list[float]:
    ctx.call(layer, *ctx.inputs(), training=True)
    return [float(to_numpy(loss)) for loss in layer.losses]


def _changes_outputs(ctx: Context, number: int) -> bool:
    """Whether another value of one float input changes a float output, at inference."""
    import keras

    layer = ctx.built()
    arguments = list(ctx.inputs())
    flat = keras.tree.flatten(arguments)
    others = keras.tree.flatten(list(other_arguments(ctx)))
    place = [i for i, v in enumerate(flat) if np.asarray(v).dtype.kind == "f"][number]
    state = State(layer)
    before = [o for o in ctx.run(layer, *arguments) if o.dtype.kind == "f"]
    flat[place] = others[place]
    state.restore()
    changed = ctx.run(layer, *keras.tree.pack_sequence_as(arguments, flat))
    after = [o for o in changed if o.dtype.kind == "f"]
    if len(before) != len(after):
        return True
    return any(not np.array_equal(b, a, equal_nan=True) for b, a in zip(before, after, strict=True))


def _encodes(ctx: Context, layer: Any) -> bool:
    """Whether the layer writes values as zeros and ones along an axis of their own."""
    outputs = plain_outputs(ctx)
    binary = all(np.isin(output, (0, 1)).all() for output in outputs)
    return binary and not layer.trainable_variables and outputs[0].shape != ctx.shape


def _finite_at(ctx: Context, loss: LayerLoss, name: str, inputs: list[Any]) -> None:
    where = f"at an input that is {name}, "
    state = State(loss.layer)
    found = loss.gradients(inputs)
    state.restore()
    if not np.isfinite(found.loss):
        outputs = [o for o in ctx.run(loss.layer, *loss.packed(inputs)) if o.dtype.kind == "f"]
        state.restore()
        require(not any(np.isnan(o).any() for o in outputs), f"{where}the output is NaN")
        return  # `exp` of a large number is infinite, and so is its derivative
    for number, gradient in enumerate(found.by_inputs):
        ctx.finite(gradient, f"{where}the gradient of float input {number}")
    for weight, gradient in zip(loss.layer.trainable_variables, found.by_weights, strict=True):
        ctx.finite(gradient, f"{where}the gradient of {weight.path}")
