"""A layer that takes a mask sees nothing of the steps that it masks."""

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
    """A layer that says it supports masks honours them, and one that takes a mask says so.

    Why it matters: Keras drops the mask, with a warning, after a layer that does not declare
    `supports_masking`; after one that does, every later layer trusts what it was given.
    Usual causes: `self.supports_masking = True` missing from `__init__`; or set on a layer that
    mixes time steps and has no `mask` argument in `call`.
    Reference: keras-team/keras #18759.
    """
    layer = ctx.make()
    if ctx.case.traits.takes_mask:
        require(
            accepts(layer, "mask") or mask_mechanism(ctx, layer),
            "the case declares takes_mask, but `call` has no argument `mask`: "
            f"call{inspect.signature(layer.call)}",
        )
    if accepts(layer, "mask") and ctx.traits.takes_mask:
        require(
            layer.supports_masking,
            "`call` takes a mask, but `supports_masking` is False",
        )
    if not layer.supports_masking or mask_mechanism(ctx, layer) is not None:
        return
    _honours_what_it_carries(ctx)


def _honours_what_it_carries(ctx: Context) -> None:
    """For a layer that supports masks but is told of none: it must not look across steps."""
    if ctx.traits.sees_padding or len(ctx.inputs()) != 1 or not is_maskable(ctx.inputs()[0]):
        return
    try:
        run = with_carried_mask(ctx)
    except NotApplicable:
        return
    masks = run.masks("right")
    plain, other = (run.run(run.filled("right", fill), masks) for fill in (0.0, FILLS[0]))
    with naming("`supports_masking` is True, `call` has no `mask`, and padding changes the rest"):
        run.close("right", other, plain, TOLERANCE, f"with {FILLS[0]:g} there, with 0 there")


@layer_check("core", after=("call_finite", "mask_declared"))
def mask_implicit(ctx: Context) -> None:
    """The mask that an input carries works like one given as `mask=`.

    Why it matters: `Embedding(mask_zero=True)` and `Masking` attach a mask of shape
    (batch, steps), which Keras passes on as `mask`; nobody passes it by hand.
    Usual causes: `call` expects a mask of another shape, or looks for it under another name.
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
        # What comes out at a masked step may differ: attention inside a layer uses the mask that
        # a tensor carries for the steps that ask, beside the one it is handed.
        what = "mask carried by the input, mask="
        for place, (left, right) in enumerate(zip(implicit, explicit, strict=True)):
            if run.valid_positions(place, "right", left.shape) is None or left.shape != right.shape:
                ctx.close(left, right, TOLERANCE, what)
        run.close("right", implicit, explicit, TOLERANCE, what)
        return
    require(run.eager(arguments, masks), "a call on an input that carries a mask returned nothing")


@layer_check("core", after=("call_finite", "mask_implicit"))
def mask_values(ctx: Context) -> None:
    """What a masked step holds changes no output that counts.

    Why it matters: padding is arbitrary; a prediction that depends on it changes with the batch.
    Usual causes: the mask is ignored, or reaches only a part of the computation, or is meant for
    padding on one side alone.
    """
    run = masked(ctx)
    for kind in KINDS:
        plain = run.with_mask(kind, 0.0)
        for fill in FILLS:
            what = f"with {fill:g} at masked steps, with 0 there"
            run.close(kind, run.with_mask(kind, fill), plain, TOLERANCE, what)


@layer_check("core", after=("call_finite", "mask_implicit"))
def pool_respects_mask(ctx: Context) -> None:
    """A layer that pools time never pools a masked step, however large its values are.

    Why it matters: padding wins a maximum, and moves a mean, without anybody noticing.
    Usual causes: masked steps are multiplied by 0, which is larger than a negative value; or get
    a constant such as -100, which real values exceed.
    Reference: tensorflow/tensorflow #33260.
    """
    run = masked(ctx)
    if "pooled" not in run.output_kinds:
        raise NotApplicable("no output is pooled over time")
    if run.dtype_kind != "f":
        raise NotApplicable("integers have no order that padding could win by")
    plain = run.with_mask("right", 0.0)
    for fill in (1e4, -1e4):
        what = f"with {fill:g} at masked steps, with 0 there"
        run.close("right", run.with_mask("right", fill), plain, TOLERANCE, what)
    row = run.short_row()
    if ctx.traits.fixed_length or row is None:
        return
    for sign, side in ((-1.0, "below"), (1.0, "above")):
        # Where all values are on one side of 0, a masked step that became 0 would win.
        arguments = run.packed([sign * np.abs(v) for v in run.flat(run.arguments)])
        padded = run.run(arguments, run.masks("right"))
        short = run.eager(run.truncated(row, arguments))
        for place in (i for i, kind in enumerate(run.output_kinds) if kind == "pooled"):
            with naming(f"values {side} 0, row {row}"):
                what = f"padded to {run.steps} steps, not padded"
                ctx.close(padded[place][row], short[place][row], TOLERANCE, what)


@layer_check("core", after=("call_finite", "mask_implicit"))
def mask_ones(ctx: Context) -> None:
    """A mask in which every step counts changes nothing.

    Why it matters: the same batch comes with a mask from one pipeline and without from another.
    Usual causes: the masked path is another formula, such as a mean with a small constant in its
    divisor.
    """
    run = masked(ctx)
    what = "every step unmasked, no mask"
    ctx.close(run.with_mask("ones"), run.without_mask(), TOLERANCE, what)


@layer_check("strict", after=("call_finite", "mask_implicit"))
def mask_nan(ctx: Context) -> None:
    """NaN and infinity at masked steps reach no output that counts.

    Why it matters: missing values of a series are NaN, and masked for that reason.
    Usual causes: `x * mask` instead of `ops.where(mask, x, 0)`: 0 times NaN is NaN.
    """
    run = masked(ctx)
    if run.dtype_kind != "f":
        raise NotApplicable("integers are never NaN")
    for kind in KINDS:
        for fill in (float("nan"), float("inf")):
            outputs = run.run(run.filled(kind, fill), run.masks(kind))
            run.finite(kind, outputs, f"with {fill} at masked steps, mask {kind}, the output")
            what = f"with {fill} at masked steps, with 0 there"
            run.close(kind, outputs, run.with_mask(kind, 0.0), TOLERANCE, what)


@layer_check("core", after=("call_finite", "mask_implicit"))
def mask_low_precision(ctx: Context) -> None:
    """In float16 the mask works as it does in float32.

    Why it matters: mixed precision is one line for a user, and a NaN ends the training.
    Usual causes: masked scores get -1e9, which is minus infinity in float16; or the mask is cast
    to float and compared after rounding.
    Reference: google/flax #982, keras-team/keras-hub #2110.
    """
    run = masked(ctx)
    low = Masked(ctx, ctx.copy_of(run.layer, dtype="mixed_float16"))
    for kind in ("right", "empty"):
        expected = run.with_mask(kind)
        outputs = low.eager(low.arguments, low.masks(kind))
        for output, wide in zip(outputs, expected, strict=True):
            if output.dtype.kind == "f" and np.isfinite(wide).all():
                require_finite(output, f"mask {kind}: the output in float16")
        try:
            run.close(kind, outputs, expected, 0.03, "float16, float32")
        except CheckFailure:
            unmasked = low.eager(low.arguments)
            run.close("ones", unmasked, run.without_mask(), 0.03, "unmasked float16, float32")
            raise
