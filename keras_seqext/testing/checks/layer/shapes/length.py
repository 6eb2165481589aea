"""Checks of sequence lengths: other lengths, one step, no steps and an unknown length."""

from functools import partial
from typing import Any

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.functional_models import functional
from keras_seqext.testing.helpers.resized_inputs import (
    all_outputs,
    attempt,
    first_line,
    one_layer,
    resized,
    steps,
    variable_length,
    with_weights,
)
from keras_seqext.testing.helpers.symbolic import built_symbolically, sizes_shape, symbolic_at
from keras_seqext.testing.helpers.tensor_specs import fits

DECLARE = "declare Traits(fixed_length=True) if the layer is designed for a single length"


@layer_check("core", after=("call_finite", "inference_pure", "build_symbolic"))
def length_change(ctx: Context) -> None:
    """A layer built for one length works for other lengths, like a layer built for those.

    Why it matters: batches are padded to different lengths; a wrong result raises no error.
    Usual causes: the length is stored in `build`, or is a size of a weight.
    """
    length, one = variable_length(ctx), one_layer(ctx)
    longer: Any = None
    for new in (length + 2, length - 2):
        if new < max(ctx.traits.min_length, 1):
            continue
        here = f"built for {length} steps and called on {new}, the layer"
        outcome = one.outputs(length=new)
        if new < length and (outcome.refused or _rejects_length(ctx, new)):
            continue
        if outcome.error is not None:
            raise CheckFailure(f"{here} failed: {first_line(outcome.error)}. Fix it, or {DECLARE}.")
        if longer is None:
            longer = _built_for_length(ctx, new)
        expected = with_weights(ctx, longer, one.weights, resized(ctx, None, new)).get(
            f"built for {length + 2} steps and called on {new}, the layer"
        )
        if not ctx.traits.random_inference:
            what = (
                f"layer built for {length} and called on {new} steps, layer built for {length + 2}"
            )
            ctx.close(outcome.value.arrays, expected.arrays, 5e-5, what)


@layer_check("core", after=("length_change",))
def length_one(ctx: Context) -> None:
    """A sequence of a single step has a finite output of the right shape.

    Not applicable if the layer rejects the length, by its `compute_output_shape` or by a clear
    error.

    Why it matters: most data contains such a sequence, and a single NaN ends the training.
    Usual causes: division by `steps - 1`; `squeeze` without an axis; a step at index 1.
    """
    variable_length(ctx)
    if ctx.traits.min_length > 1:
        raise NotApplicable(f"min_length={ctx.traits.min_length} is declared")
    one = one_layer(ctx)
    outcome = one.outputs(length=1)
    if outcome.error is not None and (outcome.refused or _rejects_length(ctx, 1)):
        raise NotApplicable(f"the layer needs more steps: {first_line(outcome.error)}")
    single = outcome.get("calling the layer on one step")
    ctx.finite(single.arrays, "the output for one step")
    _require_shape(ctx, single.specs, 1)


@layer_check("strict", after=("length_one",))
def length_zero(ctx: Context) -> None:
    """A sequence without steps has an output of the right shape, or raises a clear error.

    Why it matters: an empty text is an empty sequence; an error inside the backend does not name
    the cause.
    Usual causes: a maximum over no steps; index 0 or -1 along the time axis.
    """
    variable_length(ctx)
    if ctx.traits.min_length > 1:
        raise NotApplicable(f"min_length={ctx.traits.min_length} is declared")
    outcome = one_layer(ctx).outputs(length=0)
    if isinstance(outcome.error, ValueError) or _rejects_length(ctx, 0):
        return
    _require_shape(ctx, outcome.get("calling the layer on no steps").specs, 0)


@layer_check("core", after=("length_change",), cost="medium")
def dynamic_time(ctx: Context) -> None:
    """In a functional model of unknown length, the layer works for every length.

    The outputs equal those of a direct call.

    Why it matters: models of sequences are built on `keras.Input((None, features))`.
    Usual causes: `x.shape[1]`, which is then `None`, used as a number or in `range`.
    Reference: keras #19048, tensorflow #31636
    """
    length = variable_length(ctx)
    model = functional(ctx, any_length=True)
    for new, direct in _working_lengths(ctx, (length, length + 2, 1)):
        model.require_declared(direct, f"{new} steps")
    for new, direct in _working_lengths(ctx, (length + 2,)):
        model.require_same(direct, rows=None, length=new, what=f"{new} steps")


@layer_check("core", after=("dynamic_time",), cost="medium")
def dynamic_time_traced(ctx: Context) -> None:
    """Traced once for an unknown length, the layer returns the outputs of a direct call.

    On JAX and torch the check is skipped if the layer cannot be traced in this way: the loops of
    Keras itself need a known length there.

    Why it matters: an exported model, and `fit` on TensorFlow, run this trace.
    Usual causes: a Python `if`, `len` or `int` on a shape, which becomes a constant of the graph.
    """
    import keras

    if ctx.traits.host_only:
        raise NotApplicable("host_only is declared")
    if ctx.traits.random_inference:
        raise NotApplicable("random_inference is declared")
    length, one = variable_length(ctx), one_layer(ctx)
    arguments = ctx.inputs()
    shapes = [
        sizes_shape(ctx, v, False if ctx.traits.stateful else "batch", "steps")
        for v in keras.tree.flatten(arguments)
    ]

    def function(*values: Any) -> Any:
        outputs = ctx.call(one.layer, *keras.tree.pack_sequence_as(arguments, list(values)))
        return [part for part in keras.tree.flatten(outputs) if part is not None]

    flat = keras.tree.flatten(arguments)
    traced = attempt(
        one.layer,
        lambda: backends.current().traced_with_unknown_sizes(function, one.layer, flat, shapes),
    )
    if traced.refused:
        raise NotApplicable(f"the layer requires a known length: {first_line(traced.error)}")
    run = traced.get("tracing the layer for an unknown length")
    for new, direct in _working_lengths(ctx, (length + 2,)):
        found = attempt(one.layer, partial(_outputs, run, resized(ctx, None, new)))
        arrays = found.get(f"the trace, run on {new} steps,").arrays
        ctx.close(arrays, direct.arrays, 1e-4, f"trace run on {new} steps, direct call")


def _outputs(run: Any, arguments: Any) -> Any:
    import keras

    return all_outputs(run(*keras.tree.flatten(arguments)))


def _working_lengths(ctx: Context, lengths: tuple[int, ...]) -> list[tuple[int, Any]]:
    """Return the lengths at which a direct call of the layer works, with its outputs."""
    found = []
    for length in lengths:
        if length < ctx.traits.min_length:
            continue
        known = None if length == steps(ctx) else length
        outcome = one_layer(ctx).outputs(length=known)
        if outcome.error is None:
            found.append((length, outcome.value))
    return found


def _built_for_length(ctx: Context, length: int) -> Any:
    """Return a new layer built for another length; raise if its weights have other shapes."""
    layer = ctx.make()
    inputs = resized(ctx, None, length)
    built_symbolically(ctx, layer, inputs, f"a symbolic call of a new layer on {length} steps")
    mine, theirs = (
        [w.shape for w in one_layer(ctx).weights],
        [tuple(w.shape) for w in layer.weights],
    )
    require(
        mine == theirs,
        f"the weights have shapes {mine} when built for {steps(ctx)} steps, and {theirs} when "
        f"built for {length}. Make them independent of the length, or {DECLARE}.",
    )
    return layer


def _rejects_length(ctx: Context, length: int) -> bool:
    """Return whether the layer's own `compute_output_shape` rejects the length."""
    import keras

    layer = one_layer(ctx).layer
    if type(layer).compute_output_shape is keras.layers.Layer.compute_output_shape:
        return False
    outcome = symbolic_at(ctx, length=length)
    if outcome.error is not None:
        return isinstance(outcome.error, ValueError)
    least = 1 if length else 0
    return any(size is not None and size < least for spec in outcome.value for size in spec.shape)


def _require_shape(ctx: Context, found: list[Any], length: int) -> None:
    """Raise unless the shapes have the usual rank and equal those of a symbolic call."""
    usual = one_layer(ctx).outputs().value.specs
    declared = symbolic_at(ctx, length=length)
    for i, (spec, real) in enumerate(zip(usual, found, strict=True)):
        require(
            len(spec.shape) == len(real.shape),
            f"{real.name} has shape {real.shape} for {length} steps, but {spec.shape} for "
            f"{steps(ctx)} steps",
        )
        if declared.error is None and i < len(declared.value):
            require(
                fits(declared.value[i].shape, real.shape),
                f"{real.name} has shape {real.shape} for {length} steps, but a symbolic call "
                f"returns {declared.value[i].shape}",
            )
