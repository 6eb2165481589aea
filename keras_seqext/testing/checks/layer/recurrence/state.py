"""Checks of the state of a recurrent layer: initial state, returned state and stateful calls."""

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
        raise NotApplicable(
            "the layer is declared not to work on half of the sequence (min_length or fixed_length)"
        )
    return x, x[:, :half].copy(), x[:, half:].copy()


@layer_check("core", cost="medium")
def initial_state(ctx: Context) -> None:
    """A sequence read in two calls that pass the state on gives the outputs of a single call.

    Why it matters: long series are read in segments, and a decoder starts from the state of an
    encoder.
    Usual causes: `initial_state` is ignored, or its entries are in the wrong order; the output is
    returned in place of the state.
    """
    run = recurrent(ctx, **state_changes(ctx))
    x, first, second = _halves(ctx)
    whole = run.run(x)
    states = run.run(first)[1:]
    require(states, "with return_state=True the call returned no state")
    rest = run.run(second, initial_state=states)
    expected = whole[0][:, first.shape[1] :] if run.sequences else whole[0]
    what = "second half with the state of the first half, whole sequence"
    ctx.close(rest[0], expected, TOLERANCE, what)
    for number, (left, right) in enumerate(zip(rest[1:], whole[1:], strict=True)):
        with naming(f"final state {number}"):
            ctx.close(left, right, TOLERANCE, what)


@layer_check("core", cost="medium")
def return_state(ctx: Context) -> None:
    """With `return_state=True` the state follows the output, and the output does not change.

    Why it matters: an encoder passes the state of a padded row to its decoder.
    Usual causes: the last output in place of the state; the state after the padding in place of the
    state after the last unmasked step.
    """
    config_flag(ctx, "return_state")
    with_state, without = recurrent(ctx, return_state=True), recurrent(ctx, return_state=False)
    x = ctx.sequence_input()
    outputs, plain = with_state.run(x), without.run(x)
    require(
        len(outputs) > len(plain),
        f"the call returns {len(outputs)} tensors with return_state and {len(plain)} without it; "
        "expected more with it",
    )
    for left, right in zip(outputs, plain, strict=False):
        ctx.close(left, right, TOLERANCE, "output with return_state, without it")
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
                ctx.close(left[row], right[row], TOLERANCE, "padded row, row on its own")


def _stateful(ctx: Context) -> tuple[Recurrent, Recurrent]:
    """Return the layer with `stateful=True`, and the layer with `stateful=False`."""
    config_flag(ctx, "stateful")
    forwards = {"go_backwards": False} if ctx.make().get_config().get("go_backwards") else {}
    stateful = recurrent(ctx, stateful=True, **forwards)
    reset(stateful.layer)
    return stateful, recurrent(ctx, stateful=False, **forwards)


@layer_check("core", cost="medium")
def stateful_carries(ctx: Context) -> None:
    """With `stateful=True` the next call continues from the state of the last, also in `predict`.

    Why it matters: a series that is longer than a batch is predicted segment by segment.
    Usual causes: the state is stored in a Python attribute, which a compiled function does not read
    again; the state is stored before it is updated.
    """
    import keras

    stateful, plain = _stateful(ctx)
    x, first, second = _halves(ctx)
    whole = plain.run(x)[0]
    expected = whole[:, first.shape[1] :] if plain.sequences else whole
    stateful.step(first)
    with naming("called twice"):
        found = stateful.step(second)[0]
        ctx.close(found, expected, TOLERANCE, "second half, whole sequence in a single call")
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
        ctx.close(found, expected, TOLERANCE, "second half, whole sequence in a single call")
    reset(stateful.layer)


@layer_check("core", after=("call_finite",), cost="medium")
def stateful_batch_size(ctx: Context) -> None:
    """With `stateful=True`, a last batch of one row raises an error or returns one row.

    Why it matters: the number of samples is seldom a multiple of the batch size, and rows that no
    input belongs to shift every prediction that follows.
    Usual causes: a compiled function does not know the batch size, so the one row is broadcast to
    the rows of the state.
    """
    import keras

    stateful, _ = _stateful(ctx)
    x = ctx.sequence_input()
    rows = x.shape[0]
    if rows < 2:
        raise NotApplicable("the batch has a single row")
    place = keras.Input(batch_shape=x.shape, dtype=str(x.dtype))
    # A layer of its own: on JAX, Keras leaves no values in the variables after the error.
    layer = type(stateful.layer).from_config(stateful.layer.get_config())
    model = keras.Model(place, keras.tree.flatten(layer(place))[0])
    try:
        found = model.predict(np.concatenate([x, x[:1]]), batch_size=rows, verbose=0)
    except Exception:  # of any type: it depends on the backend where another size is noticed
        return
    require(
        len(found) == rows + 1,
        f"`predict` of {rows + 1} rows in batches of {rows} returned {len(found)} rows; expected "
        f"an error, or {rows + 1} rows",
    )


@layer_check("core")
def reset_state(ctx: Context) -> None:
    """`reset_state()` resets a stateful layer to its initial state.

    Why it matters: otherwise the next series starts from the state of the last series.
    Usual causes: `reset_state` is missing, or resets only one of several states.
    """
    stateful, _ = _stateful(ctx)
    x = ctx.sequence_input()
    require(
        hasattr(stateful.layer, "reset_state"),
        "the layer has an argument `stateful`, but no method `reset_state()`",
    )
    stateful.layer.reset_state()
    first = stateful.step(x)[0]
    second = stateful.step(x)[0]
    stateful.layer.reset_state()
    after_reset = stateful.step(x)[0]
    stateful.layer.reset_state()
    ctx.close(after_reset, first, TOLERANCE, "call after reset_state, first call")
    require(
        not np.allclose(second, first, rtol=1e-5, atol=1e-6),
        "with stateful=True a second call on the same input returned the same output as the first: "
        "the state is not carried over",
    )


@layer_check("core", after=("call_finite", "stateful_carries"), cost="medium")
def stateful_fit(ctx: Context) -> None:
    """Training a stateful layer on consecutive batches carries its state over and stays finite.

    Why it matters: the next batch starts from the state that a training step leaves.
    Usual causes: the state takes part in the gradient of the next step; the compiled step loses the
    state, or stores a tracer in its place.
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
    # A learning rate of 0 does not change the weights, so each loss depends only on the state
    # from which its step started.
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
    if not ctx.traits.random_training:  # only training has noise
        with naming("loss of two consecutive batches"):
            ctx.close(
                np.array(found), np.array(expected), 1e-4, "in train_on_batch, in direct calls"
            )
    for variable in model.variables:
        require_finite(flat_outputs(variable.value)[0], f"{variable.path} after two batches")
