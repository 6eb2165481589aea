"""Checks of a cell inside `keras.layers.RNN`, compared with a plain loop over the steps."""

import os
import tempfile
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.cell import CellContext
from keras_seqext.testing.core.failure import NotApplicable, naming, require
from keras_seqext.testing.core.registry import cell_check
from keras_seqext.testing.core.tensors import flat_outputs, to_tensors

TOLERANCE = 2e-5


def rnn(cell: Any, **options: Any) -> Any:
    """Return a `keras.layers.RNN` around a cell, with all outputs and the states."""
    import keras

    return keras.layers.RNN(cell, **{"return_sequences": True, "return_state": True, **options})


def run(layer: Any, sequence: Any, **kwargs: Any) -> list[Any]:
    """Return all outputs of a call of a layer, as NumPy arrays."""
    return flat_outputs(layer(to_tensors((sequence,))[0], **kwargs))


def with_weights(ctx: CellContext, layer: Any, sequence: Any, weights: list[Any]) -> Any:
    """Build the layer by a call, set its weights and return it."""
    run(layer, sequence)
    layer.set_weights(weights)
    return layer


@cell_check("core", cost="medium")
def in_rnn(ctx: CellContext) -> None:
    """`keras.layers.RNN(cell)` returns the outputs and final states of a plain loop.

    Why it matters: cells are used inside `keras.layers.RNN`.
    Usual causes: `state_size` in another order than the states; state stored in attributes.
    """
    cell, sequence = ctx.built(), ctx.sequence()
    outputs, states = ctx.loop(cell, sequence, ctx.zero_states(cell))
    layer = with_weights(ctx, rnn(ctx.new()), sequence, cell.get_weights())
    found = run(layer, sequence)
    ctx.close(found, [outputs, *states], TOLERANCE, "in RNN, in a plain loop")
    require(
        len(layer.weights) == len(cell.weights),
        f"RNN(cell) has {len(layer.weights)} weights, but the cell has {len(cell.weights)}",
    )
    ctx.close(
        run(layer, sequence[:, :2]),
        _first(ctx, cell, 2),
        TOLERANCE,
        "two steps in RNN, in a plain loop",
    )


def _first(ctx: CellContext, cell: Any, steps: int) -> list[Any]:
    outputs, states = ctx.loop(cell, ctx.sequence()[:, :steps], ctx.zero_states(cell))
    return [outputs, *states]


@cell_check("core", after=("step", "in_rnn"), cost="medium")
def in_rnn_masked(ctx: CellContext) -> None:
    """In `keras.layers.RNN` a masked step repeats the previous output and retains the states.

    Why it matters: padding must not change the state.
    Usual causes: a state whose shape does not broadcast with a mask of shape (batch, 1); an integer
    state.
    """
    import keras

    cell, sequence, mask = ctx.built(), ctx.sequence(), ctx.mask()
    output, state = ctx.step(cell, ctx.x(), ctx.states(cell))[:2]
    same = output.shape == state.shape and np.allclose(output, state)
    if keras.backend.backend() == "jax" and not same:
        raise NotApplicable(
            "on JAX, RNN of Keras 3.15 returns the first state as the output of a masked step"
        )
    outputs, states = ctx.loop(cell, sequence, ctx.zero_states(cell), mask)
    layer = with_weights(ctx, rnn(ctx.new()), sequence, cell.get_weights())
    for fill in (0.0, 37.0):
        filled = np.where(mask[..., None], sequence, np.float32(fill))
        found = run(layer, filled, mask=to_tensors((mask,))[0])
        with naming(f"with {fill:g} at masked steps"):
            ctx.close(found, [outputs, *states], TOLERANCE, "in RNN, in a plain loop")


@cell_check("core", after=("step", "in_rnn"), cost="medium")
def in_model(ctx: CellContext) -> None:
    """A compiled model of unknown batch size and length returns the outputs of a plain loop.

    Why it matters: cells are trained and served in such models.
    Usual causes: `inputs.shape[0]` used as a number; Python state that a trace freezes.
    """
    import keras

    cell, sequence = ctx.built(), ctx.sequence()
    outputs, _ = ctx.loop(cell, sequence, ctx.zero_states(cell))
    place = keras.Input((None, ctx.input_dim))
    layer = rnn(ctx.new(), return_state=False)
    model = keras.Model(place, layer(place))
    layer.set_weights(cell.get_weights())
    declared = model.output.shape
    require(
        declared[:2] == (None, None) and declared[2:] == outputs.shape[2:],
        f"the model declares outputs of shape {declared}; the actual shape is {outputs.shape}",
    )
    # On the second batch size, TensorFlow traces again for an unknown batch size.
    for rows in (len(sequence), len(sequence) - 1):
        found = flat_outputs(model.predict_on_batch(sequence[:rows]))
        ctx.close(found, [outputs[:rows]], TOLERANCE, f"prediction for {rows} rows, plain loop")


@cell_check("recommended", after=("step", "in_rnn"), cost="medium")
def in_stateful_rnn(ctx: CellContext) -> None:
    """With `stateful=True`, a sequence read in two calls gives the outputs of a single call.

    Why it matters: long series are read in segments.
    Usual causes: the cell stores a counter or a state in its own attributes.
    """
    cell, sequence = ctx.built(), ctx.sequence()
    outputs, _ = ctx.loop(cell, sequence, ctx.zero_states(cell))
    layer = rnn(ctx.new(), stateful=True, return_state=False)
    layer.build(sequence.shape)
    layer.set_weights(cell.get_weights())
    half = ctx.steps // 2
    found = [run(layer, part)[0] for part in (sequence[:, :half], sequence[:, half:])]
    ctx.close(np.concatenate(found, axis=1), outputs, TOLERANCE, "in two calls, in a plain loop")
    if any(np.any(state) for state in flat_outputs(ctx.zero_states(cell))):
        return  # Keras 3.15 resets the states to zeros, not to the initial states of the cell
    layer.reset_state()
    ctx.close(run(layer, sequence)[0], outputs, TOLERANCE, "after reset_state, in a plain loop")


@cell_check("core", after=("step", "in_rnn", "config_roundtrip"), cost="medium")
def save_load(ctx: CellContext) -> None:
    """A model that contains the cell can be saved and loaded, and predicts the same.

    Why it matters: a trained model that cannot be loaded is lost.
    Usual causes: weights created in `call`; an incomplete config.
    """
    import keras

    cell, sequence = ctx.built(), ctx.sequence()
    place = keras.Input((None, ctx.input_dim))
    layer = rnn(ctx.new(), return_state=False)
    model = keras.Model(place, layer(place))
    layer.set_weights(cell.get_weights())
    expected = run(model, sequence)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        known = {type(cell).__name__: type(cell)}
        loaded = keras.saving.load_model(path, custom_objects=known)
    ctx.close(run(loaded, sequence), expected, 1e-6, "loaded model, saved model")
