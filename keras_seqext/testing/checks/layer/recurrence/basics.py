"""What a layer that reads a sequence in order owes its user: causality, direction, streaming."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, naming, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import accepts
from keras_seqext.testing.helpers.recurrent import (
    Recurrent,
    config_flag,
    is_keras_rnn,
    recurrent,
    state_changes,
)

TOLERANCE = 5e-5
ZERO = 1e-6


@layer_check("core")
def causality(ctx: Context) -> None:
    """No output step depends on a later input step.

    Why it matters: a forecast that has seen the future is perfect until it is used.
    Usual causes: padding on both sides in a convolution; a normalisation over the whole sequence,
    or by its length; an attention mask shifted by one.
    """
    layer = ctx.make()
    config = layer.get_config()
    if not (ctx.traits.causal or config.get("padding") == "causal" or _reads_forward(layer)):
        raise NotApplicable("the layer does not claim to be causal: declare the trait `causal`")
    x = ctx.sequence_input()
    if x.dtype.kind not in "fiu" or x.shape[1] < 2:
        raise NotApplicable("the input has no steps that could be changed")
    run = recurrent(ctx)
    base = run.run(x)[0]
    if base.ndim < 2 or base.shape[1] != x.shape[1]:
        require(
            not ctx.traits.causal,
            f"the layer is declared causal, but its output {base.shape} has not the "
            f"{x.shape[1]} steps of the input",
        )
        raise NotApplicable("the output has not the steps of the input")
    for step in sorted({1, x.shape[1] // 2, x.shape[1] - 1}):
        changed = x.copy()
        changed[:, step:] = 50.0 if x.dtype.kind == "f" else (x[:, step:] + 1) % (x.max() + 1)
        what = f"steps from {step} on changed, not changed"
        with naming(f"outputs before step {step}"):
            ctx.close(run.run(changed)[0][:, :step], base[:, :step], TOLERANCE, what)
    _begins_like_the_whole(ctx, run, x, base)
    if x.dtype.kind == "f" and base.dtype.kind == "f" and not ctx.traits.nondifferentiable:
        _no_gradient_from_the_future(ctx, run, x, base)


def _begins_like_the_whole(ctx: Context, run: Recurrent, x: Any, base: Any) -> None:
    """How many steps are still to come is the future too."""
    half = max(x.shape[1] // 2, ctx.traits.min_length)
    if ctx.traits.fixed_length or half >= x.shape[1]:
        return
    try:
        begun = run.run(x[:, :half].copy())[0]
    except Exception:  # `length_change` reports it
        return
    if begun.shape[1:2] == (half,):
        what = f"the first {half} steps alone, at the start of {x.shape[1]}"
        ctx.close(begun, base[:, :half], TOLERANCE, what)


def _no_gradient_from_the_future(ctx: Context, run: Recurrent, x: Any, base: Any) -> None:
    step = x.shape[1] // 2
    weight = np.random.default_rng(ctx.seed + 13).normal(size=base.shape).astype("float32")
    weight[:, step + 1 :] = 0
    gradient = run.input_gradient(x, weight)
    if gradient is None:
        return
    size, later = np.abs(gradient).max(), np.abs(gradient[:, step + 1 :])
    require(
        not later.size or later.max() <= ZERO * size,
        f"the outputs up to step {step} have a gradient by later inputs of up to "
        f"{later.max() if later.size else 0:.3g}; the largest of all is {size:.3g}",
    )


def _reads_forward(layer: Any) -> bool:
    """Whether it is an RNN of Keras, which reads forward unless told otherwise."""
    return is_keras_rnn(layer) and not layer.go_backwards and layer.return_sequences


@layer_check("recommended", cost="medium")
def go_backwards(ctx: Context) -> None:
    """With `go_backwards=True` the layer does to a sequence what it else does to its reverse.

    Why it matters: `Bidirectional` is made of the two, and turns the outputs of the second.
    Usual causes: the outputs are turned back, or the mask is not turned with the inputs.
    Reference: keras-team/keras #13705.
    """
    current = config_flag(ctx, "go_backwards")
    forwards = recurrent(ctx, go_backwards=False) if current else recurrent(ctx)
    backwards = recurrent(ctx) if current else recurrent(ctx, go_backwards=True)
    x = ctx.sequence_input()
    turned = x[:, ::-1].copy()
    what = "go_backwards, forwards on the reverse"
    ctx.close(backwards.run(x), forwards.run(turned), TOLERANCE, what)
    if accepts(backwards.layer, "mask"):
        mask = ctx.masks()["right"]
        with naming("with a mask"):
            ctx.close(
                backwards.run(x, mask=mask),
                forwards.run(turned, mask=mask[:, ::-1].copy()),
                TOLERANCE,
                what,
            )


@layer_check("recommended", after=("call_finite", "mask_implicit"))
def zero_output_for_mask(ctx: Context) -> None:
    """With `zero_output_for_mask=True` masked steps of the output are 0, and no other is changed.

    Why it matters: without it a masked step repeats the output before it, which a sum counts.
    Usual causes: the argument is stored and not used; all outputs of padded rows become 0.
    """
    config_flag(ctx, "zero_output_for_mask")
    changes = {"return_sequences": True} if "return_sequences" in ctx.make().get_config() else {}
    plain = recurrent(ctx, zero_output_for_mask=False, **changes)
    zeroed = recurrent(ctx, zero_output_for_mask=True, **changes)
    x = ctx.sequence_input()
    for kind, mask in ctx.masks().items():
        expected, found = plain.run(x, mask=mask)[0], zeroed.run(x, mask=mask)[0]
        keep = mask[:, ::-1] if getattr(plain.layer, "go_backwards", False) else mask
        if found.shape[:2] != keep.shape:
            raise NotApplicable("the output has not the steps of the input")
        keep = keep.reshape(keep.shape + (1,) * (found.ndim - 2))
        with naming(f"mask {kind}"):
            ctx.close(found, np.where(keep, expected, 0), TOLERANCE, "output, zero where masked")


@layer_check("recommended", cost="medium")
def streaming(ctx: Context) -> None:
    """One step at a time, the state handed on, gives what the whole sequence gives.

    Why it matters: this is how a model runs on a live series.
    Usual causes: the first step of a call is treated apart; the state that is returned is not
    the one that the next step needs.
    """
    run = recurrent(ctx, **state_changes(ctx))
    x = ctx.sequence_input()
    if ctx.traits.min_length > 1 or ctx.traits.fixed_length:
        raise NotApplicable("it is declared not to work on single steps")
    whole = run.run(x)
    outputs: list[Any] = []
    states: list[Any] | None = None
    for step in range(x.shape[1]):
        found = run.run(x[:, step : step + 1], initial_state=states)
        outputs.append(found[0])
        states = found[1:]
    require(states, "with return_state=True the call gave no state")
    streamed = np.concatenate(outputs, axis=1) if run.sequences else outputs[-1]
    ctx.close(streamed, whole[0], TOLERANCE, "step by step, whole sequence")
    for number, (left, right) in enumerate(zip(states or [], whole[1:], strict=True)):
        with naming(f"final state {number}"):
            ctx.close(left, right, TOLERANCE, "step by step, whole sequence")
