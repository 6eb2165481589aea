"""Checks of masks in training: gradients, statistics and losses."""

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
from keras_seqext.testing.helpers.hidden_state import sublayers, takes_training
from keras_seqext.testing.helpers.masking.mask_layers import MaskZeros
from keras_seqext.testing.helpers.masking.masked_outputs import Masked, masked, mutable_variables
from keras_seqext.testing.helpers.masking.masks import is_maskable
from keras_seqext.testing.helpers.reference_layer import reference

ZERO = 1e-6
SAME = 1e-4


def _trainable(ctx: Context) -> Masked:
    run = masked(ctx)
    if ctx.traits.nondifferentiable:
        raise NotApplicable("nondifferentiable is declared")
    return run


@layer_check("core", after=("call_finite", "mask_implicit"), cost="medium")
def mask_grad(ctx: Context) -> None:
    """Masked steps receive no gradient, and their values do not affect the gradient of a weight.

    Why it matters: otherwise the previous layer is trained on padding.
    Usual causes: the output is masked, but the computation before it is not; a product with the
    mask whose other factor depends on masked steps.
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
                    _require_zero_at_masked(gradient, mask, f"mask {kind}, {fill} at masked steps")
        _require_same_gradients(run, plain, other, f"mask {kind}")


def _require_zero_at_masked(gradient: Any, mask: Any, what: str) -> None:
    size = np.abs(gradient).max() if gradient.size else 0.0
    keep = mask.reshape(mask.shape + (1,) * (gradient.ndim - 2))
    masked_part = np.where(keep, 0, np.abs(gradient))
    worst = np.unravel_index(np.argmax(masked_part), masked_part.shape)
    require(
        not masked_part[worst] > ZERO * size and not np.isnan(masked_part[worst]),
        f"{what}: the gradient with respect to the masked step at index "
        f"{tuple(int(i) for i in worst)} is {gradient[worst]:.3g}; expected 0 (the largest "
        f"gradient is {size:.3g})",
    )


def _require_same_gradients(run: Masked, plain: list[Any], other: list[Any], what: str) -> None:
    """Compare the gradients of weights, with a tolerance relative to the largest of them.

    Some gradients are 0 apart from rounding, so their own size is not a scale.
    """
    scale = max([np.abs(g).max() for g in plain if g is not None and g.size], default=0.0)
    for weight, left, right in zip(run.layer.trainable_variables, other, plain, strict=True):
        if left is None or right is None:
            require(
                left is right,
                f"{what}: {weight.path} has a gradient for only one of two values at masked steps",
            )
            continue
        error = np.abs(left - right)
        worst = np.unravel_index(np.argmax(error), error.shape)
        if not error[worst] <= SAME * (scale + np.abs(right[worst])):
            raise CheckFailure(
                f"{what}: the gradient of {weight.path} at index {tuple(map(int, worst))} is "
                f"{left[worst]:.6g} with 9 at masked steps, but {right[worst]:.6g} with 0 there "
                f"(tolerance {SAME:g} of the largest gradient, {scale:.3g})"
            )


@layer_check("core", after=("call_finite", "mask_implicit"))
def all_masked(ctx: Context) -> None:
    """A row in which all steps are masked has a finite output and does not affect other rows.

    Why it matters: an empty text, or the padded end of a data set, is a row without steps; a NaN in
    the output is a NaN in the loss of the whole batch.
    Usual causes: a mean divides by the number of steps, which is 0; a softmax over minus infinity
    only; a maximum that remains minus infinity.
    Reference: pytorch/pytorch #160064, keras-team/keras #21149.
    """
    run = masked(ctx)
    outputs = run.with_mask("empty")
    for output in outputs:
        require_finite(output, "the output with one row that is masked completely")
    if ctx.traits.per_example:
        with naming("rows next to a row that is masked completely"):
            left, right = run.other_rows(outputs), run.other_rows(run.with_mask("right"))
            ctx.close(left, right, 5e-5, "with that row, with a row that is not masked completely")


@layer_check("core", after=("call_finite", "mask_implicit"))
def all_masked_grad(ctx: Context) -> None:
    """All gradients are finite if all steps of a row are masked.

    Why it matters: a single NaN gradient turns every weight into NaN permanently.
    Usual causes: `ops.where(mask, x / count, 0)`, whose gradient is 0 times infinity: replace a
    divisor of 0 before the division.
    """
    run = _trainable(ctx)
    cotangents = run.cotangents(run.with_mask("empty"))
    _, by_inputs, by_weights = run.gradients(run.arguments, run.masks("empty"), cotangents)
    for gradient in by_inputs:
        if gradient is not None:
            require_finite(gradient, "the gradient with respect to the input")
    for weight, gradient in zip(run.layer.trainable_variables, by_weights, strict=True):
        if gradient is not None:
            require_finite(gradient, f"the gradient of {weight.path}")


@layer_check("recommended", after=("call_finite", "mask_implicit"))
def mask_training(ctx: Context) -> None:
    """In training, masked steps do not affect the output, the variables or the losses.

    Why it matters: statistics that include padding make every later prediction wrong.
    Usual causes: a mean and variance over all steps in `call(training=True)`, or in `add_loss`.
    Reference: keras-team/keras #18759.
    """
    run = masked(ctx)
    if not takes_training(run.layer) and not reference(ctx).outcome(True)[1]:
        raise NotApplicable("`training` reaches no part of the layer, which adds no loss")
    if ctx.traits.random_training:
        raise NotApplicable("random_training is declared")
    masks = run.masks("right")
    plain, values, losses = run.trained(run.filled("right", 0.0), masks)
    other, values_other, losses_other = run.trained(run.filled("right", 9.0), masks)
    run.close("right", other, plain, SAME, "with 9 at masked steps, with 0 there")
    for variable, left, right in zip(
        mutable_variables(run.layer), values_other, values, strict=True
    ):
        with naming(f"{variable.path} after the call"):
            ctx.close(left, right, SAME, "with 9 at masked steps, with 0 there")
    # The activity regularizer of Keras includes masked steps.
    if all(part.activity_regularizer is None for part in sublayers(run.layer)):
        with naming("losses added by the layer"):
            ctx.close(losses_other, losses, SAME, "with 9 at masked steps, with 0 there")


@layer_check("core", after=("call_finite", "mask_implicit"), cost="medium")
def fit_masked(ctx: Context) -> None:
    """A training step on padded rows, including an empty row, gives a finite loss and weights.

    Why it matters: Keras passes the mask of the layer on to the loss in training.
    Usual causes: a mask is passed on although the output has no time axis; a NaN from an empty row.
    Reference: keras-team/keras #20113.
    """
    import keras

    run = masked(ctx)
    flat = run.flat(run.filled("empty", 0.0))
    if any(is_maskable(value) and value.dtype.kind != "f" for value in flat):
        raise NotApplicable("the layer takes integers, which a masking layer before it cannot mask")
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
        # For an output of three axes, the losses of Keras accept a mask of two.
        output = keras.layers.Reshape((output.shape[1], -1))(output)
    if "float" not in str(output.dtype) or output.shape[-1] is None or len(output.shape) < 2:
        raise NotApplicable("a Dense layer cannot follow the output")
    model = keras.Model(places, keras.layers.Dense(2)(output))
    # The default may compile with XLA, which `jit_parity` checks.
    jit = "auto" if ctx.backend == "jax" else False
    eager = ctx.backend == "tensorflow"  # a single eager step is faster than tracing a graph
    model.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=jit, run_eagerly=eager)
    target = np.zeros([d if d is not None else s for d, s in _shape(model, run)], "float32")
    loss = model.train_on_batch(flat if len(flat) > 1 else flat[0], target)
    require_finite(np.asarray(loss), "the loss")
    for weight in model.trainable_variables:
        require_finite(keras.ops.convert_to_numpy(weight.value), f"{weight.path} after one step")


def _shape(model: Any, run: Masked) -> list[tuple[Any, int]]:
    stand_in = (run.batch, *[run.steps] * 8)
    return list(zip(model.output.shape, stand_in, strict=False))
