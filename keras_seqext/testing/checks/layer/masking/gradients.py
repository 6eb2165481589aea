"""What is masked takes no part in training."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import (
    CheckFailure,
    NotApplicable,
    naming,
    require,
    require_finite,
)
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import accepts
from keras_seqext.testing.helpers.hidden_state import sublayers
from keras_seqext.testing.helpers.masking.mask_layers import MaskZeros
from keras_seqext.testing.helpers.masking.masked_outputs import Masked, masked, mutable_variables
from keras_seqext.testing.helpers.masking.masks import is_maskable
from keras_seqext.testing.helpers.reference_layer import reference

ZERO = 1e-6
SAME = 1e-4


def _trainable(ctx: Context) -> Masked:
    run = masked(ctx)
    if ctx.traits.nondifferentiable:
        raise NotApplicable("it is declared to have no gradient (nondifferentiable)")
    return run


@layer_check("core", after=("call_finite", "mask_implicit"), cost="medium")
def mask_grad(ctx: Context) -> None:
    """No gradient reaches a masked step, nor does its content change the gradient of a weight.

    Why it matters: the layer below would be trained on padding.
    Usual causes: the output is masked but the computation before it is not; a product with the
    mask whose other factor still depends on masked steps.
    """
    run = _trainable(ctx)
    for kind in ("right", "holes"):
        masks = run.masks(kind)
        cotangents = run.cotangents(run.with_mask(kind, 0.0), kind)
        _, by_inputs, plain = run.gradients(run.filled(kind, 0.0), masks, cotangents)
        _, again, other = run.gradients(run.filled(kind, 9.0), masks, cotangents)
        floats = [
            (value, mask)
            for value, mask in zip(run.flat(run.arguments), run.flat(masks), strict=True)
            if value.dtype.kind == "f"
        ]
        for (_, mask), *gradients in zip(floats, by_inputs, again, strict=True):
            for fill, gradient in zip((0, 9), gradients, strict=True):
                if mask is not None and gradient is not None:
                    _nothing_at_masked(gradient, mask, f"mask {kind}, {fill} at masked steps")
        _same(run, plain, other, f"mask {kind}")


def _nothing_at_masked(gradient: Any, mask: Any, what: str) -> None:
    size = np.abs(gradient).max() if gradient.size else 0.0
    keep = mask.reshape(mask.shape + (1,) * (gradient.ndim - 2))
    masked_part = np.where(keep, 0, np.abs(gradient))
    worst = np.unravel_index(np.argmax(masked_part), masked_part.shape)
    require(
        not masked_part[worst] > ZERO * size and not np.isnan(masked_part[worst]),
        f"{what}: the gradient by the masked step at index {tuple(int(i) for i in worst)} is "
        f"{gradient[worst]:.3g}, the largest of all is {size:.3g}; it should be 0",
    )


def _same(run: Masked, plain: list[Any], other: list[Any], what: str) -> None:
    """Weight gradients within a part of the largest of them all: some are 0 but for rounding."""
    scale = max([np.abs(g).max() for g in plain if g is not None and g.size], default=0.0)
    for weight, left, right in zip(run.layer.trainable_variables, other, plain, strict=True):
        if left is None or right is None:
            require(left is right, f"{what}: {weight.path} has a gradient for one content alone")
            continue
        error = np.abs(left - right)
        worst = np.unravel_index(np.argmax(error), error.shape)
        if not error[worst] <= SAME * (scale + np.abs(right[worst])):
            raise CheckFailure(
                f"{what}: the gradient of {weight.path} at index {tuple(map(int, worst))} is "
                f"{left[worst]:.6g} with 9 at masked steps, {right[worst]:.6g} with 0 there "
                f"(tolerance {SAME:g} of the largest, {scale:.3g})"
            )


@layer_check("core", after=("call_finite", "mask_implicit"))
def all_masked(ctx: Context) -> None:
    """A row in which no step counts gives something finite, and leaves the other rows alone.

    Why it matters: an empty text, or the padded end of a data set, is a row without steps; one NaN
    in the output is a NaN in the loss of the whole batch.
    Usual causes: a mean divides by the number of steps, which is 0; a softmax over minus infinity
    alone; a maximum that stays minus infinity.
    Reference: pytorch/pytorch #160064, keras-team/keras #21149.
    """
    run = masked(ctx)
    outputs = run.with_mask("empty")
    for output in outputs:
        require_finite(output, "with one row that is masked altogether, the output")
    if ctx.traits.per_example:
        with naming("rows beside one that is masked altogether"):
            left, right = run.other_rows(outputs), run.other_rows(run.with_mask("right"))
            ctx.close(left, right, 5e-5, "with that row, where it is not masked")


@layer_check("core", after=("call_finite", "mask_implicit"))
def all_masked_grad(ctx: Context) -> None:
    """With a row in which no step counts, every gradient is finite.

    Why it matters: one NaN gradient makes every weight NaN for good.
    Usual causes: `ops.where(mask, x / count, 0)`, whose gradient is 0 times infinity: the divisor
    has to be made safe before the division.
    """
    run = _trainable(ctx)
    cotangents = run.cotangents(run.with_mask("empty"))
    _, by_inputs, by_weights = run.gradients(run.arguments, run.masks("empty"), cotangents)
    for gradient in by_inputs:
        if gradient is not None:
            require_finite(gradient, "the gradient by the input")
    for weight, gradient in zip(run.layer.trainable_variables, by_weights, strict=True):
        if gradient is not None:
            require_finite(gradient, f"the gradient of {weight.path}")


@layer_check("recommended", after=("call_finite", "mask_implicit"))
def mask_training(ctx: Context) -> None:
    """In training too, masked steps change neither the output nor what the layer keeps.

    Why it matters: statistics that count padding are wrong for every later prediction.
    Usual causes: a mean and variance over all steps in `call(training=True)`; the same in
    `add_loss`.
    Reference: keras-team/keras #18759.
    """
    run = masked(ctx)
    if not accepts(run.layer, "training") and not reference(ctx).outcome(True)[1]:
        raise NotApplicable("`call` has no argument `training`, and adds no loss")
    if ctx.traits.random_training:
        raise NotApplicable("training draws random numbers")
    masks = run.masks("right")
    plain, kept, losses = run.trained(run.filled("right", 0.0), masks)
    other, kept_other, losses_other = run.trained(run.filled("right", 9.0), masks)
    run.close("right", other, plain, SAME, "with 9 at masked steps, with 0 there")
    for variable, left, right in zip(mutable_variables(run.layer), kept_other, kept, strict=True):
        with naming(f"{variable.path} after the call"):
            ctx.close(left, right, SAME, "with 9 at masked steps, with 0 there")
    if all(
        part.activity_regularizer is None for part in sublayers(run.layer)
    ):  # that of Keras counts every step
        with naming("what the layer adds to the losses"):
            ctx.close(losses_other, losses, SAME, "with 9 at masked steps, with 0 there")


@layer_check("core", after=("call_finite", "mask_implicit"), cost="medium")
def fit_masked(ctx: Context) -> None:
    """One step of training on padded rows, one of them empty, gives a finite loss and weights.

    Why it matters: this is how the layer is used, and Keras hands its mask on to the loss.
    Usual causes: a mask is passed on although the time axis is gone; a NaN from an empty row.
    Reference: keras-team/keras #20113.
    """
    import keras

    run = masked(ctx)
    flat = run.flat(run.filled("empty", 0.0))
    if any(is_maskable(value) and value.dtype.kind != "f" for value in flat):
        raise NotApplicable("the layer takes integers, which no layer in front can mask")
    batch = run.batch if ctx.traits.stateful else None
    places = [keras.Input(batch_shape=(batch, *v.shape[1:]), dtype=str(v.dtype)) for v in flat]
    carrying = [
        MaskZeros(autocast=False)(place) if is_maskable(value) else place
        for place, value in zip(places, flat, strict=True)
    ]
    layer = ctx.copy_of(run.layer)
    outputs = layer(*run.packed(carrying), **ctx.sample.call_kwargs)
    output = keras.tree.flatten(outputs)[0]
    if len(output.shape) > 3 and None not in output.shape[1:]:
        # Keras' losses take a mask of two axes for outputs of three.
        output = keras.layers.Reshape((output.shape[1], -1))(output)
    if "float" not in str(output.dtype) or output.shape[-1] is None or len(output.shape) < 2:
        raise NotApplicable("the output is nothing that a Dense layer could follow")
    model = keras.Model(places, keras.layers.Dense(2)(output))
    # The default may compile more than the layer allows, which `jit_parity` tells.
    jit = "auto" if ctx.backend == "jax" else False
    eager = ctx.backend == "tensorflow"  # one step is faster than the graph of one
    model.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=jit, run_eagerly=eager)
    target = np.zeros([d if d is not None else s for d, s in _shape(model, run)], "float32")
    loss = model.train_on_batch(flat if len(flat) > 1 else flat[0], target)
    require_finite(np.asarray(loss), "the loss")
    for weight in model.trainable_variables:
        require_finite(keras.ops.convert_to_numpy(weight.value), f"after one step {weight.path}")


def _shape(model: Any, run: Masked) -> list[tuple[Any, int]]:
    stand_in = (run.batch, *[run.steps] * 8)
    return list(zip(model.output.shape, stand_in, strict=False))
