"""Checks of layers that read a sequence in order: causality, direction and streaming."""

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

    Why it matters: a forecast that depends on the future looks perfect in training and fails in
    use.
    Usual causes: padding on both sides in a convolution; a normalisation over the whole sequence,
    or by its length; an attention mask shifted by one.
    """
    layer = ctx.make()
    config = layer.get_config()
    if not (ctx.traits.causal or config.get("padding") == "causal" or _reads_forward(layer)):
        raise NotApplicable(
            "the layer is not declared as causal: declare Traits(causal=True) if it is"
        )
    x = ctx.sequence_input()
    if x.dtype.kind not in "fiu" or x.shape[1] < 2:
        raise NotApplicable("the input has fewer than two steps, or is not numeric")
    run = recurrent(ctx)
    base = run.run(x)[0]
    if base.ndim < 2 or base.shape[1] != x.shape[1]:
        require(
            not ctx.traits.causal,
            f"the layer is declared as causal, but its output of shape {base.shape} does not have "
            f"the {x.shape[1]} steps of the input",
        )
        raise NotApplicable("the output does not have the steps of the input")
    for step in sorted({1, x.shape[1] // 2, x.shape[1] - 1}):
        changed = x.copy()
        # A value far outside the sample, so that a small dependence exceeds the tolerance.
        changed[:, step:] = 50.0 if x.dtype.kind == "f" else (x[:, step:] + 1) % (x.max() + 1)
        what = f"with changed inputs from step {step} on, with the original inputs"
        with naming(f"outputs before step {step}"):
            ctx.close(run.run(changed)[0][:, :step], base[:, :step], TOLERANCE, what)
    _require_prefix_independent(ctx, run, x, base)
    if x.dtype.kind == "f" and base.dtype.kind == "f" and not ctx.traits.nondifferentiable:
        _require_no_future_gradient(ctx, run, x, base)


def _require_prefix_independent(ctx: Context, run: Recurrent, x: Any, base: Any) -> None:
    """Check that the outputs do not depend on how many steps follow."""
    half = max(x.shape[1] // 2, ctx.traits.min_length)
    if ctx.traits.fixed_length or half >= x.shape[1]:
        return
    try:
        prefix = run.run(x[:, :half].copy())[0]
    except Exception:  # `length_change` reports a length that fails
        return
    if prefix.shape[1:2] == (half,):
        what = f"first {half} steps on their own, as the start of {x.shape[1]} steps"
        ctx.close(prefix, base[:, :half], TOLERANCE, what)


def _require_no_future_gradient(ctx: Context, run: Recurrent, x: Any, base: Any) -> None:
    step = x.shape[1] // 2
    weight = np.random.default_rng(ctx.seed + 13).normal(size=base.shape).astype("float32")
    weight[:, step + 1 :] = 0
    gradient = run.input_gradient(x, weight)
    if gradient is None:
        return
    size, later = np.abs(gradient).max(), np.abs(gradient[:, step + 1 :])
    require(
        not later.size or later.max() <= ZERO * size,
        f"the gradient of the outputs up to step {step} with respect to later inputs is up to "
        f"{later.max() if later.size else 0:.3g}; expected 0 (the largest gradient is {size:.3g})",
    )


def _reads_forward(layer: Any) -> bool:
    """Return whether the layer is an RNN of Keras that reads forwards, as it does by default."""
    return is_keras_rnn(layer) and not layer.go_backwards and layer.return_sequences


@layer_check("recommended", cost="medium")
def go_backwards(ctx: Context) -> None:
    """With `go_backwards=True` the layer returns the outputs of the reversed sequence.

    Why it matters: `Bidirectional` consists of a forward and a backward layer, and reverses the
    outputs of the latter.
    Usual causes: the outputs are reversed again, or the mask is not reversed with the inputs.
    Reference: keras-team/keras #13705.
    """
    current = config_flag(ctx, "go_backwards")
    forwards = recurrent(ctx, go_backwards=False) if current else recurrent(ctx)
    backwards = recurrent(ctx) if current else recurrent(ctx, go_backwards=True)
    x = ctx.sequence_input()
    reverse = x[:, ::-1].copy()
    what = "go_backwards=True, forwards on the reversed sequence"
    ctx.close(backwards.run(x), forwards.run(reverse), TOLERANCE, what)
    if accepts(backwards.layer, "mask"):
        mask = ctx.masks()["right"]
        with naming("with a mask"):
            ctx.close(
                backwards.run(x, mask=mask),
                forwards.run(reverse, mask=mask[:, ::-1].copy()),
                TOLERANCE,
                what,
            )


@layer_check("recommended", after=("call_finite", "mask_implicit"))
def zero_output_for_mask(ctx: Context) -> None:
    """With `zero_output_for_mask=True`, the output is 0 at masked steps and unchanged elsewhere.

    Why it matters: without it a masked step repeats the previous output, which a sum then includes.
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
            raise NotApplicable("the output does not have the steps of the input")
        keep = keep.reshape(keep.shape + (1,) * (found.ndim - 2))
        with naming(f"mask {kind}"):
            ctx.close(
                found,
                np.where(keep, expected, 0),
                TOLERANCE,
                "output, output without the option and 0 at masked steps",
            )


@layer_check("recommended", cost="medium")
def streaming(ctx: Context) -> None:
    """Calls on single steps that pass the state on return the outputs of the whole sequence.

    Why it matters: a model reads a live series step by step.
    Usual causes: the first step of a call is treated differently; the returned state is not the
    state that the next step needs.
    """
    run = recurrent(ctx, **state_changes(ctx))
    x = ctx.sequence_input()
    if ctx.traits.min_length > 1 or ctx.traits.fixed_length:
        raise NotApplicable(
            "the layer is declared not to work on single steps (min_length or fixed_length)"
        )
    whole = run.run(x)
    outputs: list[Any] = []
    states: list[Any] | None = None
    for step in range(x.shape[1]):
        found = run.run(x[:, step : step + 1], initial_state=states)
        outputs.append(found[0])
        states = found[1:]
    require(states, "with return_state=True the call returned no state")
    streamed = np.concatenate(outputs, axis=1) if run.sequences else outputs[-1]
    ctx.close(streamed, whole[0], TOLERANCE, "step by step, whole sequence")
    for number, (left, right) in enumerate(zip(states or [], whole[1:], strict=True)):
        with naming(f"final state {number}"):
            ctx.close(left, right, TOLERANCE, "step by step, whole sequence")
