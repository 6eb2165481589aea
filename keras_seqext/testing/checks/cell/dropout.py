"""Checks of dropout in a cell: constant within a sequence, different between sequences."""

from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.cell import CellContext
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import cell_check
from keras_seqext.testing.core.tensors import accepts, to_tensors

from .sequences import rnn, run, with_weights

RATE = 0.7
KINDS = ("dropout", "recurrent_dropout")


def _rates(ctx: CellContext) -> list[str]:
    """Return the dropout arguments that the cell has."""
    config = ctx.new().get_config()
    found = [kind for kind in KINDS if isinstance(config.get(kind), (int, float))]
    if not found:
        raise NotApplicable("the cell has no argument `dropout` or `recurrent_dropout`")
    if not accepts(ctx.new(), "training"):
        raise NotApplicable("`call` has no argument `training`")
    return found


def _dropping(ctx: CellContext, kind: str) -> dict[str, Any]:
    return {other: RATE if other == kind else 0.0 for other in _rates(ctx)}


@cell_check("core")
def dropout_inference(ctx: CellContext) -> None:
    """At inference dropout is inactive, and no random number is drawn.

    Why it matters: predictions have to be reproducible.
    Usual causes: `training` is ignored, or not passed on.
    """
    kinds = _rates(ctx)
    none: dict[str, Any] = dict.fromkeys(kinds, 0.0)
    some: dict[str, Any] = dict.fromkeys(kinds, RATE)
    plain, dropping = ctx.built(**none), ctx.built(**some)
    _same_weights(plain, dropping)
    states = ctx.states(plain)
    before = [np.array(to_numpy(v)) for v in dropping.non_trainable_variables]
    found = ctx.step(dropping, ctx.x(), states)
    what = "inference with rate 0.7, with rate 0"
    ctx.close(found, ctx.step(plain, ctx.x(), states), 1e-6, what)
    after = [np.array(to_numpy(v)) for v in dropping.non_trainable_variables]
    same = all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    require(same, "a step at inference changed a variable")


def to_numpy(variable: Any) -> Any:
    """Return the value of a variable."""
    import keras

    return keras.ops.convert_to_numpy(variable.value)


def _same_weights(source: Any, target: Any) -> None:
    for left, right in zip(source.trainable_variables, target.trainable_variables, strict=True):
        right.assign(left.value)


@cell_check("recommended")
def dropout_trains(ctx: CellContext) -> None:
    """In training each dropout rate changes the output.

    Why it matters: a rate that is stored and not used does not regularise.
    Usual causes: the argument is accepted and never used.
    """
    for kind in _rates(ctx):
        cell = ctx.built(**_dropping(ctx, kind))
        states = ctx.states(cell)
        plain = ctx.step(cell, ctx.x(), states)
        found = ctx.step(cell, ctx.x(), states, training=True)
        same = all(np.allclose(a, b, atol=1e-6) for a, b in zip(found, plain, strict=True))
        require(
            not same, f"with {kind}={RATE}, the outputs in training and at inference are the same"
        )


@cell_check("recommended", after=("step", "in_rnn"), cost="medium")
def dropout_constant(ctx: CellContext) -> None:
    """Within a sequence, the same inputs and the same parts of the state are dropped in every step.

    Why it matters: a new dropout mask in every step erases the memory of the network.
    Usual causes: `keras.layers.Dropout` or `keras.random.dropout` in `call`, which is called once
    per step.
    Reference: Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent
    Neural Networks", 2016; keras-team/keras-core #924.
    """
    kinds = _rates(ctx)
    if "dropout" in kinds:
        dropped = _dropped_inputs(ctx, _dropping(ctx, "dropout"))
        changing = dropped.any(axis=1) & ~dropped.all(axis=1)
        require(
            not changing.any(),
            f"dropout: {int(changing.sum())} of {changing.size} inputs are dropped in some steps "
            "of a sequence and not in others",
        )
    for kind in kinds:
        cell = ctx.built(**_dropping(ctx, kind))
        states = ctx.states(cell)
        first = ctx.step(cell, ctx.x(), states, training=True)
        for _ in range(2):
            again = ctx.step(cell, ctx.x(), states, training=True)
            what = f"later step of a sequence with {kind}, first step with the same arguments"
            ctx.close(again, first, 1e-6, what)


def _dropped_inputs(ctx: CellContext, changes: dict[str, Any]) -> Any:
    """Return where in (batch, steps, features) the gradient of the input is zero in training."""
    import keras

    layer = rnn(ctx.new(**changes), return_state=False)
    run(layer, ctx.sequence())
    ctx.randomise(layer)
    weight = np.random.default_rng(ctx.seed).uniform(
        0.5, 1.5, size=run(layer, ctx.sequence())[0].shape
    )

    def loss(sequence: Any) -> Any:
        output = layer(sequence, training=True)
        return keras.ops.sum(output * to_tensors((weight.astype("float32"),))[0])

    gradient = backends.current().gradients(loss, [ctx.sequence()], [])[1][0]
    return np.asarray(gradient) == 0


@cell_check("recommended", after=("step", "in_rnn"), cost="medium")
def dropout_differs(ctx: CellContext) -> None:
    """Each sequence has its own dropout mask, and predictions in between do not change.

    Why it matters: a single mask for the whole training removes the same inputs permanently.
    Usual causes: the mask is stored in an attribute and never reset; a fixed seed in `call`.
    """
    sequence = ctx.sequence()
    for kind in _rates(ctx):
        changes = _dropping(ctx, kind)
        cell = ctx.built(**changes)
        layer = rnn(ctx.new(**changes), return_state=False)
        with_weights(ctx, layer, sequence, cell.get_weights())
        plain = run(layer, sequence)[0]
        first = run(layer, sequence, training=True)[0]
        # Several sequences, because with few units two masks may be equal by chance.
        others = [run(layer, sequence, training=True)[0] for _ in range(3)]
        require(
            not all(np.allclose(first, other, atol=1e-6) for other in others),
            f"with {kind}={RATE}, four sequences in training have the same dropout mask",
        )
        what = "prediction after training calls, before them"
        ctx.close(run(layer, sequence)[0], plain, 1e-6, what)
