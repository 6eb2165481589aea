"""Checks of gradients with respect to weights and inputs: they exist and are finite."""

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
    """Every trainable weight has a finite gradient that is not zero everywhere.

    Why it matters: a weight without a gradient retains its random initial value.
    Usual causes: the weight is not used in `call`; `stop_gradient`; a computation in NumPy; an
    integer weight that is marked as trainable. If a weight has no gradient by design, add it to
    `Traits(zero_gradients=...)`.
    """
    layer, found = _training_gradients(ctx)
    weights = layer.trainable_variables
    if not weights:
        raise NotApplicable("the layer has no trainable weights")
    for weight in weights:
        require(
            "float" in dtype_of(weight),
            f"{weight.path} is trainable, but its dtype {dtype_of(weight)} has no gradient",
        )
    for weight, gradient in zip(weights, found.by_weights, strict=True):
        ctx.finite(gradient, f"the gradient of {weight.path}")
    # Each step below removes weights whose gradient is 0 for a legitimate reason; the later steps
    # are slower.
    dead = {i for i, gradient in enumerate(found.by_weights) if _is_zero(gradient)}
    dead -= {i for i in dead if any(part in weights[i].path for part in ctx.traits.zero_gradients)}
    if dead:
        dead -= _with_gradient_elsewhere(ctx)
    if dead:
        dead -= _affecting_losses(ctx, sorted(dead))
    if dead:
        index = min(dead)
        unused = found.by_weights[index] is None
        kind = "None (the output does not depend on it)" if unused else "zero everywhere"
        names = ", ".join(weights[i].path for i in sorted(dead))
        raise CheckFailure(
            f"the gradient of {weights[index].path} is {kind} for random inputs and weights, in "
            f"training and at inference ({len(dead)} of {len(weights)} weights: {names})"
        )


@layer_check("core")
def grad_inputs(ctx: Context) -> None:
    """Every float input that affects the output has a finite gradient.

    Why it matters: the layers before this layer do not train.
    Usual causes: `argmax`, `round`, a comparison or a cast to integers in between; NumPy in `call`;
    `stop_gradient`. If this is by design, declare `Traits(nondifferentiable=True)`.
    """
    if ctx.traits.nondifferentiable:
        raise NotApplicable("nondifferentiable is declared")
    layer, found = _training_gradients(ctx)
    if not found.by_inputs:
        raise NotApplicable("the layer has no float inputs")
    for number, gradient in enumerate(found.by_inputs):
        ctx.finite(gradient, f"the gradient of float input {number}")
    missing = [i for i, gradient in enumerate(found.by_inputs) if _is_zero(gradient)]
    changing = [i for i in missing if _changes_outputs(ctx, i)]
    if missing and not changing and len(missing) == len(found.by_inputs):
        raise NotApplicable("the float outputs do not depend on the values of the float inputs")
    if changing and _encodes(ctx, layer):
        raise NotApplicable("the output is an encoding of zeros and ones")
    if changing:
        gradient = found.by_inputs[changing[0]]
        unused = gradient is None
        kind = "None (no gradient flows to it)" if unused else "zero everywhere"
        raise CheckFailure(
            f"the gradient of float input {changing[0]} is {kind}, although other values of this "
            "input change the output"
        )


@layer_check("recommended", after=("call_finite", "grad_inputs"))
def grad_large_inputs(ctx: Context) -> None:
    """Gradients are finite at zero, large and constant inputs, wherever the output is finite.

    Why it matters: a single NaN in a gradient ends a training run, often after hours.
    Usual causes: `sqrt`, a norm or a logarithm at 0; a division by a variance of 0; `exp` of a
    large number that is divided only afterwards.
    """
    loss = LayerLoss(ctx, ctx.built())
    if not loss.inputs:
        raise NotApplicable("the layer has no float inputs")
    _finite_at(ctx, loss, "zero", [np.zeros_like(x) for x in loss.inputs])
    _finite_at(ctx, loss, "1e4 times the sample", [x * 1e4 for x in loss.inputs])
    _finite_at(ctx, loss, "constant", [np.full_like(x, np.mean(x)) for x in loss.inputs])


@layer_check("strict", after=("call_finite", "grad_inputs", "grad_all_weights"), cost="medium")
def second_order(ctx: Context) -> None:
    """The gradient has a finite gradient itself.

    Why it matters: gradient penalties, meta-learning and estimates of curvature need second
    derivatives.
    Usual causes: a custom gradient that is not differentiable; an operation without a second
    derivative; a square root at 0.
    """
    from keras_seqext.testing import backends

    if ctx.traits.nondifferentiable or ctx.traits.surrogate_gradient:
        raise NotApplicable("nondifferentiable or surrogate_gradient is declared")
    loss = LayerLoss(ctx, ctx.built())
    if not loss.inputs and not loss.layer.trainable_variables:
        raise NotApplicable("the layer has neither float inputs nor trainable weights")
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
            if "float" not in dtype_of(weight):  # JAX raises for an integer weight
                return layer, Gradients(0.0, [], [])
        return layer, LayerLoss(ctx, layer, training=True).gradients()

    found: tuple[Any, Gradients] = ctx.cached("training_gradients", make)
    return found


def _is_zero(gradient: Any) -> bool:
    return gradient is None or (gradient.size > 0 and not np.any(gradient))


def _with_gradient_elsewhere(ctx: Context) -> set[int]:
    """Return the weights that have a gradient at inference, for other inputs or under a mask."""
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
            except Exception:  # the checks of masks report a mask that the layer rejects
                continue
            alive |= {i for i, g in enumerate(found.by_weights) if not _is_zero(g)}
    return alive


def _affecting_losses(ctx: Context, indices: list[int]) -> set[int]:
    """Return the weights that affect the losses added by the layer."""
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
    """Return whether another value of a float input changes a float output at inference."""
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
    """Return whether the layer encodes values as zeros and ones along a new axis."""
    outputs = plain_outputs(ctx)
    binary = all(np.isin(output, (0, 1)).all() for output in outputs)
    return binary and not layer.trainable_variables and outputs[0].shape != ctx.shape


def _finite_at(ctx: Context, loss: LayerLoss, name: str, inputs: list[Any]) -> None:
    where = f"for an input that is {name}, "
    state = State(loss.layer)
    found = loss.gradients(inputs)
    state.restore()
    if not np.isfinite(found.loss):
        outputs = [o for o in ctx.run(loss.layer, *loss.packed(inputs)) if o.dtype.kind == "f"]
        state.restore()
        require(not any(np.isnan(o).any() for o in outputs), f"{where}the output is NaN")
        return  # an infinite output, such as `exp` of a large number, has an infinite derivative
    for number, gradient in enumerate(found.by_inputs):
        ctx.finite(gradient, f"{where}the gradient of float input {number}")
    for weight, gradient in zip(loss.layer.trainable_variables, found.by_weights, strict=True):
        ctx.finite(gradient, f"{where}the gradient of {weight.path}")
