"""The state of a recurrent layer is taken, given back and carried on as asked."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, naming, require, require_finite
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import accepts, flat_outputs
from keras_seqext.testing.helpers.masking.masks import lengths
from keras_seqext.testing.helpers.recurrent import Recurrent, config_flag, recurrent, state_changes
from keras_seqext.testing.helpers.states import reset

TOLERANCE = 5e-5


def _halves(ctx: Context) -> tuple[Any, Any, Any]:
    x = ctx.sequence_input()
    half = x.shape[1] // 2
    if half < ctx.traits.min_length or ctx.traits.fixed_length:
        raise NotApplicable("it is declared not to work on half of the sequence")
    return x, x[:, :half].copy(), x[:, half:].copy()


@layer_check("core", cost="medium")
def initial_state(ctx: Context) -> None:
    """A sequence cut in two, with the state handed on, gives what the whole sequence gives.

    Why it matters: long series are read in pieces, and a decoder starts from an encoder.
    Usual causes: `initial_state` is ignored, or its entries are mixed up; the output is returned
    in place of the state.
    """
    run = recurrent(ctx, **state_changes(ctx))
    x, first, second = _halves(ctx)
    whole = run.run(x)
    states = run.run(first)[1:]
    require(states, "with return_state=True the call gave no state")
    rest = run.run(second, initial_state=states)
    expected = whole[0][:, first.shape[1] :] if run.sequences else whole[0]
    what = "second half with the state of the first, whole sequence"
    ctx.close(rest[0], expected, TOLERANCE, what)
    for number, (left, right) in enumerate(zip(rest[1:], whole[1:], strict=True)):
        with naming(f"final state {number}"):
            ctx.close(left, right, TOLERANCE, what)


@layer_check("core", cost="medium")
def return_state(ctx: Context) -> None:
    """With `return_state=True` the state comes after the output, which stays the same.

    Why it matters: the state of a padded row is what an encoder hands to its decoder.
    Usual causes: the last output in place of the state; the state after the padding in place of
    that after the last step that counts.
    """
    config_flag(ctx, "return_state")
    with_state, without = recurrent(ctx, return_state=True), recurrent(ctx, return_state=False)
    x = ctx.sequence_input()
    outputs, plain = with_state.run(x), without.run(x)
    require(
        len(outputs) > len(plain),
        f"{len(plain)} tensors without return_state, {len(outputs)} with it; it should be more",
    )
    for left, right in zip(outputs, plain, strict=False):
        ctx.close(left, right, TOLERANCE, "output with return_state, without")
    states = outputs[len(plain) :]
    for number, state in enumerate(states):
        require(
            state.shape[:1] == x.shape[:1],
            f"state {number} has shape {state.shape} for a batch of {x.shape[0]}",
        )
    if not accepts(with_state.layer, "mask") or ctx.traits.fixed_length:
        return
    counts = lengths(x.shape[0], x.shape[1], ctx.traits.min_length)
    mask = np.arange(x.shape[1]) < counts[:, None]
    padded = with_state.run(x, mask=mask)[len(plain) :]
    for row in np.flatnonzero(counts < x.shape[1])[:2]:
        alone = with_state.run(x[:, : counts[row]].copy())[len(plain) :]
        for number, (left, right) in enumerate(zip(padded, alone, strict=True)):
            with naming(f"state {number} of row {row}, padded to {x.shape[1]} steps"):
                ctx.close(left[row], right[row], TOLERANCE, "padded, alone")


def _stateful(ctx: Context) -> tuple[Recurrent, Recurrent]:
    """The layer with `stateful=True`, and without it."""
    config_flag(ctx, "stateful")
    forwards = {"go_backwards": False} if ctx.make().get_config().get("go_backwards") else {}
    stateful = recurrent(ctx, stateful=True, **forwards)
    reset(stateful.layer)
    return stateful, recurrent(ctx, stateful=False, **forwards)


@layer_check("core", cost="medium")
def stateful_carries(ctx: Context) -> None:
    """With `stateful=True` the next call goes on where the last one ended, in `predict` as well.

    Why it matters: a series that is longer than a batch is predicted piece by piece.
    Usual causes: the state is kept in a Python attribute, which a compiled function never sees
    again; or it is stored before it is updated.
    """
    import keras

    stateful, plain = _stateful(ctx)
    x, first, second = _halves(ctx)
    whole = plain.run(x)[0]
    expected = whole[:, first.shape[1] :] if plain.sequences else whole
    stateful.step(first)
    with naming("called twice"):
        found = stateful.step(second)[0]
        ctx.close(found, expected, TOLERANCE, "second half, in one go")
    reset(stateful.layer)
    if first.shape != second.shape:
        x = x[:, : 2 * first.shape[1]]
        whole = plain.run(x)[0]
        second = x[:, first.shape[1] :].copy()
        expected = whole[:, first.shape[1] :] if plain.sequences else whole
    place = keras.Input(batch_shape=first.shape, dtype=str(first.dtype))
    model = keras.Model(place, keras.tree.flatten(stateful.layer(place))[0])
    reset(stateful.layer)
    model.predict_on_batch(first)
    with naming("predict_on_batch called twice"):
        found = flat_outputs(model.predict_on_batch(second))[0]
        ctx.close(found, expected, TOLERANCE, "second half, in one go")
    reset(stateful.layer)


@layer_check("core")
def reset_state(ctx: Context) -> None:
    """`reset_state()` makes a stateful layer begin anew.

    Why it matters: without it the next series starts where the last one ended.
    Usual causes: `reset_state` is missing, or resets one of several states.
    """
    stateful, _ = _stateful(ctx)
    x = ctx.sequence_input()
    require(
        hasattr(stateful.layer, "reset_state"),
        "the layer has an option `stateful` and no method `reset_state()`",
    )
    stateful.layer.reset_state()
    once = stateful.step(x)[0]
    again = stateful.step(x)[0]
    stateful.layer.reset_state()
    anew = stateful.step(x)[0]
    stateful.layer.reset_state()
    ctx.close(anew, once, TOLERANCE, "after reset_state, at first")
    require(
        not np.allclose(again, once, rtol=1e-5, atol=1e-6),
        "with stateful=True a second call on the same input gave the same as the first: no "
        "state is carried on",
    )


@layer_check("core", after=("call_finite", "stateful_carries"), cost="medium")
def stateful_fit(ctx: Context) -> None:
    """Training a stateful layer, batch after batch, carries its state on and stays finite.

    Why it matters: the state that training leaves behind is where the next batch starts.
    Usual causes: the state takes part in the gradient of the next step; it is lost, or a tracer
    is kept, in the compiled step.
    Reference: keras-team/keras #20605.
    """
    import keras

    stateful, _ = _stateful(ctx)
    layer = type(stateful.layer).from_config(stateful.layer.get_config())
    x = ctx.sequence_input()
    place = keras.Input(batch_shape=x.shape, dtype=str(x.dtype))
    output = keras.tree.flatten(layer(place))[0]
    if len(output.shape) > 3:
        output = keras.layers.Reshape((output.shape[1], -1))(output)
    model = keras.Model(place, keras.layers.Dense(1)(output))
    layer.set_weights(stateful.layer.get_weights())
    reset(layer)
    # A rate of 0 keeps the weights, so that each loss says from which state it began.
    jit = "auto" if ctx.backend == "jax" else False
    model.compile(keras.optimizers.SGD(0.0), "mse", jit_compile=jit)
    target = np.random.default_rng(ctx.seed).normal(size=(*model.output.shape[:-1], 1))
    found = []
    for _ in range(2):
        model.reset_metrics()
        found.append(float(model.train_on_batch(x, target.astype("float32"))))
    require_finite(np.array(found), "the loss of the first two batches")
    reset(layer)
    expected = []
    for _ in range(2):
        predicted = flat_outputs(model(keras.ops.convert_to_tensor(x)))[0]
        expected.append(float(np.mean((predicted - target) ** 2)))
    if not ctx.traits.random_training:  # noise, as of dropout, is in the losses of training alone
        with naming("loss of two batches, one after the other"):
            ctx.close(
                np.array(found), np.array(expected), 1e-4, "in train_on_batch, in plain calls"
            )
    for variable in model.variables:
        require_finite(flat_outputs(variable.value)[0], f"{variable.path} after two batches")
