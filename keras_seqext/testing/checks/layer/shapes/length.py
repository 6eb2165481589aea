"""A layer takes sequences of any length."""

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

DECLARE = "declare Traits(fixed_length=True) if it is meant for one length"


@layer_check("core", after=("call_finite", "inference_pure", "build_symbolic"))
def length_change(ctx: Context) -> None:
    """Built for one length, the layer gives at another what a layer built for that one gives.

    Why it matters: batches are padded to different lengths; nothing says that the result is wrong.
    Usual causes: the length is kept in `build`, or a weight has it for a size.
    """
    length, one = variable_length(ctx), one_layer(ctx)
    there: Any = None
    for new in (length + 2, length - 2):
        if new < max(ctx.traits.min_length, 1):
            continue
        here = f"built for {length} steps and called on {new}, the layer"
        outcome = one.outputs(length=new)
        if new < length and (outcome.refused or _impossible(ctx, new)):
            continue
        if outcome.error is not None:
            raise CheckFailure(f"{here} failed: {first_line(outcome.error)}. Or {DECLARE}.")
        if there is None:
            there = _built_there(ctx, new)
        expected = with_weights(ctx, there, one.weights, resized(ctx, None, new)).get(
            f"built for {length + 2} steps and called on {new}, the layer"
        )
        if not ctx.traits.random_inference:
            what = f"built for {length} and called on {new} steps, built for {length + 2}"
            ctx.close(outcome.value.arrays, expected.arrays, 5e-5, what)


@layer_check("core", after=("length_change",))
def length_one(ctx: Context) -> None:
    """A sequence of one step gives a finite output of the right shape.

    A layer that says in `compute_output_shape`, or by an error of its own, that it needs more is
    left alone.

    Why it matters: somewhere in the data there is one, and one NaN ends the training.
    Usual causes: division by `steps - 1`; `squeeze` without an axis; a step at index 1.
    """
    variable_length(ctx)
    if ctx.traits.min_length > 1:
        raise NotApplicable(f"min_length is declared: {ctx.traits.min_length}")
    one = one_layer(ctx)
    outcome = one.outputs(length=1)
    if outcome.error is not None and (outcome.refused or _impossible(ctx, 1)):
        raise NotApplicable(f"the layer needs more steps: {first_line(outcome.error)}")
    single = outcome.get("calling the layer on one step")
    ctx.finite(single.arrays, "the output for one step")
    _require_shape(ctx, single.specs, 1)


@layer_check("strict", after=("length_one",))
def length_zero(ctx: Context) -> None:
    """A sequence without steps gives an output of the right shape, or a clear error.

    Why it matters: an empty text is an empty sequence; an error deep in the backend names nothing.
    Usual causes: a maximum over no steps; an index 0 or -1 along time.
    """
    variable_length(ctx)
    if ctx.traits.min_length > 1:
        raise NotApplicable(f"min_length is declared: {ctx.traits.min_length}")
    outcome = one_layer(ctx).outputs(length=0)
    if isinstance(outcome.error, ValueError) or _impossible(ctx, 0):
        return
    _require_shape(ctx, outcome.get("calling the layer on no steps").specs, 0)


@layer_check("core", after=("length_change",), cost="medium")
def dynamic_time(ctx: Context) -> None:
    """In a functional model of unknown length, every length gives what a plain call gives.

    Why it matters: a model for sequences is built on `keras.Input((None, features))`.
    Usual causes: `x.shape[1]`, which is `None` then, used as a number or in `range`.
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
    """Traced once for an unknown length, the layer gives at every length what a plain call gives.

    On JAX and torch it is skipped where the layer cannot be traced so: loops of Keras itself
    need a length there.

    Why it matters: an exported model, and `fit` on TensorFlow, run this trace, not the layer.
    Usual causes: a Python `if`, `len` or `int` on a shape, which is frozen into the graph.
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
        raise NotApplicable(f"the layer asks for a known length: {first_line(traced.error)}")
    run = traced.get("tracing the layer for an unknown length")
    for new, direct in _working_lengths(ctx, (length + 2,)):
        found = attempt(one.layer, partial(_outputs, run, resized(ctx, None, new)))
        arrays = found.get(f"the trace, run on {new} steps,").arrays
        ctx.close(arrays, direct.arrays, 1e-4, f"traced and run on {new} steps, called directly")


def _outputs(run: Any, arguments: Any) -> Any:
    import keras

    return all_outputs(run(*keras.tree.flatten(arguments)))


def _working_lengths(ctx: Context, lengths: tuple[int, ...]) -> list[tuple[int, Any]]:
    """Those lengths at which the layer works when called directly, with its outputs."""
    found = []
    for length in lengths:
        if length < ctx.traits.min_length:
            continue
        known = None if length == steps(ctx) else length
        outcome = one_layer(ctx).outputs(length=known)
        if outcome.error is None:
            found.append((length, outcome.value))
    return found


def _built_there(ctx: Context, length: int) -> Any:
    """A new layer built for another length; fails if its weights have other shapes."""
    layer = ctx.make()
    inputs = resized(ctx, None, length)
    built_symbolically(ctx, layer, inputs, f"a symbolic call of a new layer on {length} steps")
    mine, theirs = (
        [w.shape for w in one_layer(ctx).weights],
        [tuple(w.shape) for w in layer.weights],
    )
    require(
        mine == theirs,
        f"built for {steps(ctx)} steps its weights are {mine}, built for {length} steps they are "
        f"{theirs}. Or {DECLARE}.",
    )
    return layer


def _impossible(ctx: Context, length: int) -> bool:
    """Whether `compute_output_shape`, written by the author, rules the length out."""
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
    """Fails unless shapes have the usual rank, and are those that a symbolic call gives."""
    usual = one_layer(ctx).outputs().value.specs
    declared = symbolic_at(ctx, length=length)
    for i, (spec, real) in enumerate(zip(usual, found, strict=True)):
        require(
            len(spec.shape) == len(real.shape),
            f"{real.name} has shape {real.shape} for {length} steps, {spec.shape} for {steps(ctx)}",
        )
        if declared.error is None and i < len(declared.value):
            require(
                fits(declared.value[i].shape, real.shape),
                f"{real.name} has shape {real.shape} for {length} steps; a symbolic call says "
                f"{declared.value[i].shape}",
            )
