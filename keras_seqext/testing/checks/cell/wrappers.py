"""Checks of a cell inside `Bidirectional` and `StackedRNNCells`."""

import numpy as np

from keras_seqext.testing.contexts.cell import CellContext
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import cell_check
from keras_seqext.testing.core.tensors import flat_outputs

from .sequences import TOLERANCE, rnn, run, with_weights


@cell_check("core", after=("step", "in_rnn", "config_roundtrip"), cost="medium")
def in_bidirectional(ctx: CellContext) -> None:
    """`Bidirectional(RNN(cell))` reads both directions, each with its own weights.

    Why it matters: `Bidirectional` copies the cell by its config.
    Usual causes: the copy shares weights or states; a seed that is not a plain number.
    """
    import keras

    cell, sequence = ctx.built(), ctx.sequence()
    if len(flat_outputs(ctx.step(cell, ctx.x(), ctx.states(cell))[0])[0].shape) != 2:
        raise NotApplicable("the output is not (batch, units)")
    layer = keras.layers.Bidirectional(rnn(ctx.new(), return_state=False))
    run(layer, sequence)
    weights = cell.get_weights()
    require(
        len(layer.weights) == 2 * len(weights),
        f"Bidirectional has {len(layer.weights)} weights, but two cells have {2 * len(weights)}",
    )
    other = [weight * 0.5 + 0.1 for weight in weights]
    layer.set_weights([*weights, *other])
    backward_cell = ctx.copy_of(cell)
    forwards, _ = ctx.loop(cell, sequence, ctx.zero_states(cell))
    backward_cell.set_weights(other)
    backwards, _ = ctx.loop(backward_cell, sequence[:, ::-1], ctx.zero_states(backward_cell))
    expected = np.concatenate([forwards, backwards[:, ::-1]], axis=-1)
    ctx.close(run(layer, sequence)[0], expected, TOLERANCE, "Bidirectional, two plain loops")


@cell_check("core", after=("step", "in_rnn"), cost="medium")
def in_stacked_cells(ctx: CellContext) -> None:
    """In `StackedRNNCells` the second cell reads the output of the first in each step.

    Why it matters: stacked cells share a single loop over time.
    Usual causes: a list of one state where Keras passes a list per cell, or the reverse.
    """
    import keras

    first, sequence = ctx.built(), ctx.sequence()
    hidden, _ = ctx.loop(first, sequence, ctx.zero_states(first))
    if hidden.ndim != 3:
        raise NotApplicable("the output is not (batch, units), so another cell cannot read it")
    second = ctx.built(input_dim=hidden.shape[-1])
    expected, _ = ctx.loop(second, hidden, ctx.zero_states(second))
    cells = keras.layers.StackedRNNCells([ctx.new(), ctx.new()])
    layer = rnn(cells, return_state=False)
    with_weights(ctx, layer, sequence, [*first.get_weights(), *second.get_weights()])
    ctx.close(run(layer, sequence)[0], expected, TOLERANCE, "StackedRNNCells, two plain loops")
