"""What a cell drops stays dropped over a sequence, and is drawn anew for the next one."""

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
    """The kinds of dropout the cell has an option for."""
    config = ctx.new().get_config()
    found = [kind for kind in KINDS if isinstance(config.get(kind), (int, float))]
    if not found:
        raise NotApplicable("the cell has no option `dropout` or `recurrent_dropout`")
    if not accepts(ctx.new(), "training"):
        raise NotApplicable("`call` has no argument `training`")
    return found


def _dropping(ctx: CellContext, kind: str) -> dict[str, Any]:
    return {other: RATE if other == kind else 0.0 for other in _rates(ctx)}


@cell_check("core")
def dropout_inference(ctx: CellContext) -> None:
    """At inference nothing is dropped, and no random number is used.

    Why it matters: a prediction has to be repeatable.
    Usual causes: `training` is ignored, or not handed on.
    """
    kinds = _rates(ctx)
    none: dict[str, Any] = dict.fromkeys(kinds, 0.0)
    some: dict[str, Any] = dict.fromkeys(kinds, RATE)
    plain, dropping = ctx.built(**none), ctx.built(**some)
    _same_weights(plain, dropping)
    states = ctx.states(plain)
    before = [np.array(to_numpy(v)) for v in dropping.non_trainable_variables]
    found = ctx.step(dropping, ctx.x(), states)
    what = "rate 0.7 at inference, rate 0"
    ctx.close(found, ctx.step(plain, ctx.x(), states), 1e-6, what)
    after = [np.array(to_numpy(v)) for v in dropping.non_trainable_variables]
    same = all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    require(same, "a step at inference changed a variable")


def to_numpy(variable: Any) -> Any:
    """The value of a variable."""
    import keras

    return keras.ops.convert_to_numpy(variable.value)


def _same_weights(source: Any, target: Any) -> None:
    for left, right in zip(source.trainable_variables, target.trainable_variables, strict=True):
        right.assign(left.value)


@cell_check("recommended")
def dropout_trains(ctx: CellContext) -> None:
    """In training each rate drops something.

    Why it matters: a rate that is stored and not used regularises nothing.
    Usual causes: the argument is accepted and forgotten.
    """
    for kind in _rates(ctx):
        cell = ctx.built(**_dropping(ctx, kind))
        states = ctx.states(cell)
        plain = ctx.step(cell, ctx.x(), states)
        found = ctx.step(cell, ctx.x(), states, training=True)
        same = all(np.allclose(a, b, atol=1e-6) for a, b in zip(found, plain, strict=True))
        require(not same, f"{kind}={RATE}: training gives the same as inference")


@cell_check("recommended", after=("step", "in_rnn"), cost="medium")
def dropout_constant(ctx: CellContext) -> None:
    """Within a sequence the same inputs, and the same parts of the state, are dropped at each step.

    Why it matters: drawn anew at each step, dropout wipes out what a network remembers.
    Usual causes: `keras.layers.Dropout` or `keras.random.dropout` in `call`, which is called once
    a step.
    Reference: Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent
    Neural Networks", 2016; keras-team/keras-core #924.
    """
    kinds = _rates(ctx)
    if "dropout" in kinds:
        dropped = _dropped_inputs(ctx, _dropping(ctx, "dropout"))
        changing = dropped.any(axis=1) & ~dropped.all(axis=1)
        require(
            not changing.any(),
            f"dropout: {int(changing.sum())} of {changing.size} inputs are dropped at some steps "
            "and not at others",
        )
    for kind in kinds:
        cell = ctx.built(**_dropping(ctx, kind))
        states = ctx.states(cell)
        first = ctx.step(cell, ctx.x(), states, training=True)
        for _ in range(2):
            again = ctx.step(cell, ctx.x(), states, training=True)
            what = f"next step of one sequence with {kind}, first step with the same arguments"
            ctx.close(again, first, 1e-6, what)


def _dropped_inputs(ctx: CellContext, changes: dict[str, Any]) -> Any:
    """Where in (batch, steps, features) the input has no gradient at all in training."""
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
    """Each sequence is dropped in its own way, and a prediction in between changes nothing.

    Why it matters: one mask for the whole training removes inputs for good.
    Usual causes: the mask is kept in an attribute and never reset; a fixed seed in `call`.
    """
    sequence = ctx.sequence()
    for kind in _rates(ctx):
        changes = _dropping(ctx, kind)
        cell = ctx.built(**changes)
        layer = rnn(ctx.new(**changes), return_state=False)
        with_weights(ctx, layer, sequence, cell.get_weights())
        plain = run(layer, sequence)[0]
        first = run(layer, sequence, training=True)[0]
        # Several: with few units two may be dropped alike by chance.
        others = [run(layer, sequence, training=True)[0] for _ in range(3)]
        require(
            not all(np.allclose(first, other, atol=1e-6) for other in others),
            f"{kind}={RATE}: four sequences in training are dropped alike",
        )
        what = "prediction after training, before it"
        ctx.close(run(layer, sequence)[0], plain, 1e-6, what)
