"""Checks of masked steps: they do not affect the output."""

import inspect

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
from keras_seqext.testing.helpers.masking.masked_outputs import (
    Masked,
    mask_mechanism,
    masked,
    with_carried_mask,
)
from keras_seqext.testing.helpers.masking.masks import KINDS, is_maskable

TOLERANCE = 5e-5
FILLS = (37.0, -1e3)


@layer_check("core")
def mask_declared(ctx: Context) -> None:
    """A layer with `supports_masking` applies masks, and a layer with a mask argument declares it.

    Why it matters: after a layer that does not declare `supports_masking`, Keras drops the mask
    with a warning; after a layer that does, every later layer relies on the mask.
    Usual causes: `self.supports_masking = True` missing from `__init__`; or set on a layer that
    mixes time steps and has no `mask` argument in `call`.
    Reference: keras-team/keras #18759.
    """
    layer = ctx.make()
    if ctx.case.traits.takes_mask:
        require(
            accepts(layer, "mask") or mask_mechanism(ctx, layer),
            "the case declares takes_mask=True, but `call` has no argument `mask`: "
            f"call{inspect.signature(layer.call)}",
        )
    if accepts(layer, "mask") and ctx.traits.takes_mask:
        require(
            layer.supports_masking,
            "`call` has an argument `mask`, but `supports_masking` is False; set it in `__init__`",
        )
    if not layer.supports_masking or mask_mechanism(ctx, layer) is not None:
        return
    _require_steps_independent(ctx)


def _require_steps_independent(ctx: Context) -> None:
    """Check that a layer without a mask argument that passes masks on does not mix time steps."""
    if ctx.traits.sees_padding or len(ctx.inputs()) != 1 or not is_maskable(ctx.inputs()[0]):
        return
    try:
        run = with_carried_mask(ctx)
    except NotApplicable:
        return
    masks = run.masks("right")
    plain, other = (run.run(run.filled("right", fill), masks) for fill in (0.0, FILLS[0]))
    with naming(
        "`supports_masking` is True, `call` has no `mask`, and padding changes the other outputs"
    ):
        run.close(
            "right", other, plain, TOLERANCE, f"with {FILLS[0]:g} at masked steps, with 0 there"
        )


@layer_check("core", after=("call_finite", "mask_declared"))
def mask_implicit(ctx: Context) -> None:
    """A mask carried by the input has the same effect as the same mask passed as `mask=`.

    Why it matters: `Embedding(mask_zero=True)` and `Masking` attach a mask of shape (batch, steps),
    which Keras passes on as `mask`; users do not pass it explicitly.
    Usual causes: `call` expects a mask of another shape, or under another name.
    """
    run = masked(ctx)
    arguments, masks = run.filled("right", 0.0), run.masks("right")
    if run.mask_mechanism == "argument":
        explicit = run.eager(arguments, masks)
        run.mask_mechanism = "carried"
        try:
            implicit = run.eager(arguments, masks)
        finally:
            run.mask_mechanism = "argument"
        # The output at a masked step may differ: attention inside a layer applies the mask that a
        # tensor carries to the query steps, in addition to the mask that is passed to it.
        what = "mask carried by the input, mask passed as an argument"
        for place, (left, right) in enumerate(zip(implicit, explicit, strict=True)):
            if run.valid_positions(place, "right", left.shape) is None or left.shape != right.shape:
                ctx.close(left, right, TOLERANCE, what)
        run.close("right", implicit, explicit, TOLERANCE, what)
        return
    require(
        run.eager(arguments, masks), "a call on an input that carries a mask returned no output"
    )


@layer_check("core", after=("call_finite", "mask_implicit"))
def mask_values(ctx: Context) -> None:
    """The values at masked steps do not affect the valid outputs.

    Why it matters: padding is arbitrary; a prediction that depends on it changes with the batch.
    Usual causes: the mask is ignored, is applied only to a part of the computation, or is assumed
    to have its padding on one side.
    """
    run = masked(ctx)
    for kind in KINDS:
        plain = run.with_mask(kind, 0.0)
        for fill in FILLS:
            what = f"with {fill:g} at masked steps, with 0 there"
            run.close(kind, run.with_mask(kind, fill), plain, TOLERANCE, what)


@layer_check("core", after=("call_finite", "mask_implicit"))
def pool_respects_mask(ctx: Context) -> None:
    """A layer that pools over time excludes masked steps, even if their values are large.

    Why it matters: padding silently wins a maximum and shifts a mean.
    Usual causes: masked steps are multiplied by 0, which is larger than a negative value; masked
    steps are set to a constant such as -100, which real values exceed.
    Reference: tensorflow/tensorflow #33260.
    """
    run = masked(ctx)
    if "pooled" not in run.output_kinds:
        raise NotApplicable("no output is pooled over time")
    if run.dtype_kind != "f":
        raise NotApplicable("the inputs are integers, which are not pooled")
    plain = run.with_mask("right", 0.0)
    for fill in (1e4, -1e4):
        what = f"with {fill:g} at masked steps, with 0 there"
        run.close("right", run.with_mask("right", fill), plain, TOLERANCE, what)
    row = run.short_row()
    if ctx.traits.fixed_length or row is None:
        return
    for sign, side in ((-1.0, "below"), (1.0, "above")):
        # If all values have the same sign, a masked step that is set to 0 wins a maximum.
        arguments = run.packed([sign * np.abs(v) for v in run.flat(run.arguments)])
        padded = run.run(arguments, run.masks("right"))
        short = run.eager(run.truncated(row, arguments))
        for place in (i for i, kind in enumerate(run.output_kinds) if kind == "pooled"):
            with naming(f"values {side} 0, row {row}"):
                what = f"padded to {run.steps} steps, without padding"
                ctx.close(padded[place][row], short[place][row], TOLERANCE, what)


@layer_check("core", after=("call_finite", "mask_implicit"))
def mask_ones(ctx: Context) -> None:
    """A mask without masked steps gives the same output as no mask.

    Why it matters: one data pipeline provides a mask for a batch and another does not.
    Usual causes: the masked path uses another formula, such as a mean with a small constant in the
    divisor.
    """
    run = masked(ctx)
    what = "mask without masked steps, no mask"
    ctx.close(run.with_mask("ones"), run.without_mask(), TOLERANCE, what)


@layer_check("strict", after=("call_finite", "mask_implicit"))
def mask_nan(ctx: Context) -> None:
    """NaN and infinity at masked steps do not reach the valid outputs.

    Why it matters: missing values of a series are NaN, and are masked for this reason.
    Usual causes: `x * mask` in place of `ops.where(mask, x, 0)`: 0 times NaN is NaN.
    """
    run = masked(ctx)
    if run.dtype_kind != "f":
        raise NotApplicable("the inputs are integers, which are never NaN")
    for kind in KINDS:
        for fill in (float("nan"), float("inf")):
            outputs = run.run(run.filled(kind, fill), run.masks(kind))
            run.finite(kind, outputs, f"the output under mask {kind} with {fill} at masked steps")
            what = f"with {fill} at masked steps, with 0 there"
            run.close(kind, outputs, run.with_mask(kind, 0.0), TOLERANCE, what)


@layer_check("core", after=("call_finite", "mask_implicit"))
def mask_low_precision(ctx: Context) -> None:
    """In float16 a mask has the same effect as in float32.

    Why it matters: users enable mixed precision with a single line, and a NaN ends the training.
    Usual causes: masked scores are set to -1e9, which is minus infinity in float16; the mask is
    cast to float and compared after rounding.
    Reference: google/flax #982, keras-team/keras-hub #2110.
    """
    run = masked(ctx)
    low = Masked(ctx, ctx.copy_of(run.layer, dtype="mixed_float16"))
    for kind in ("right", "empty"):
        expected = run.with_mask(kind)
        outputs = low.eager(low.arguments, low.masks(kind))
        for output, wide in zip(outputs, expected, strict=True):
            if output.dtype.kind == "f" and np.isfinite(wide).all():
                require_finite(output, f"the output in float16 under mask {kind}")
        try:
            run.close(kind, outputs, expected, 0.03, "float16, float32")
        except CheckFailure:
            unmasked = low.eager(low.arguments)
            run.close("ones", unmasked, run.without_mask(), 0.03, "unmasked float16, float32")
            raise
