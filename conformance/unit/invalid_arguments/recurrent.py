"""Invalid arguments of the recurrent layer, its cell and its reference."""

import keras
import numpy as np

from keras_seqext import MinimalRNN, MinimalRNNCell, minimal_rnn

from .case import Case, Subject, cases_for

X = np.linspace(-1, 1, 24, dtype="float32").reshape(2, 4, 3)
STATE = np.ones((2, 5), "float32")
MASK = np.ones((2, 4), bool)


def layer(built, **options):
    def make():
        made = MinimalRNN(5, **options)
        if built:
            made(X)
        return made

    return Subject(make, lambda rnn: rnn(X, mask=MASK))


def cell(built):
    def make():
        made = MinimalRNNCell(5)
        if built:
            made(X[:, 0], STATE)
        return made

    return Subject(make, lambda made: made(X[:, 0], [STATE]))


def of_each(cls):
    """Return the cases that the layer and its cell have in common."""
    new = cases_for(cls.__name__)
    return [
        new("units", "=0", "units=32", lambda: cls(0)),
        new("units", "=-3", "units=32", lambda: cls(-3)),
        new("units", "=2.5", "units=32", lambda: cls(2.5), error=TypeError),
        new("units", "=True", "units=32", lambda: cls(True), error=TypeError),
        new("units", "='8'", "units=32", lambda: cls("8"), error=TypeError),
        new("units", "=None", "units=32", lambda: cls(None), error=TypeError),
        new("dropout", "=1.0", "dropout=0.2", lambda: cls(3, dropout=np.float64(1))),
        new("dropout", "=-0.1", "dropout=0.2", lambda: cls(3, dropout=-0.1)),
        new("dropout", "=nan", "dropout=0.2", lambda: cls(3, dropout=np.nan)),
        new("dropout", "='high'", "dropout=0.2", lambda: cls(3, dropout="high"), error=TypeError),
        new("recurrent_dropout", "=1.5", "0 for none", lambda: cls(3, recurrent_dropout=1.5)),
        new("recurrent_dropout", "=inf", "0 for none", lambda: cls(3, recurrent_dropout=np.inf)),
        new(
            "recurrent_dropout",
            "=None",
            "0 for none",
            lambda: cls(3, recurrent_dropout=None),
            error=TypeError,
        ),
        new("seed", "=1.5", "whole number", lambda: cls(3, seed=1.5), error=TypeError),
        new("activation", "='tahn'", "'tanh'", lambda: cls(3, activation="tahn")),
        new("activation", "=3", "'tanh'", lambda: cls(3, activation=3)),
        new("use_bias", "='no'", "use_bias=True", lambda: cls(3, use_bias="no"), error=TypeError),
        new("kernel_initializer", "='ons'", "glorot", lambda: cls(3, kernel_initializer="ons")),
        new(
            "recurrent_initializer",
            "=[1]",
            "'glorot_uniform'",
            lambda: cls(3, recurrent_initializer=[1]),
        ),
        new("bias_regularizer", "='l3'", "'l2'", lambda: cls(3, bias_regularizer="l3")),
        new("kernel_constraint", "='pos'", "'non_neg'", lambda: cls(3, kernel_constraint="pos")),
        new("unit", "unit=3", "Did you mean 'units'", lambda: cls(3, unit=3), error=TypeError),
        new("dtype", "='float99'", "'float32'", lambda: cls(3, dtype="float99")),
        new("name", "='a/b'", "Leave it out", lambda: cls(3, name="a/b")),
        new("name", "=7", "Leave it out", lambda: cls(3, name=7), error=TypeError),
    ]


new = cases_for("MinimalRNN")
fresh = cases_for("MinimalRNN", layer(built=False))
built = cases_for("MinimalRNN", layer(built=True))
stateful = cases_for("MinimalRNN", layer(built=False, stateful=True))
unrolled = cases_for("MinimalRNN", layer(built=False, unroll=True))
LAYER = [
    new("stateful", "=1", "stateful=True or", lambda: MinimalRNN(3, stateful=1), error=TypeError),
    new("unroll", "='no'", "unroll=True or", lambda: MinimalRNN(3, unroll="no"), error=TypeError),
    new(
        "return_sequences",
        "=None",
        "=True or",
        lambda: MinimalRNN(3, return_sequences=None),
        error=TypeError,
    ),
    fresh("sequences", "shape (4, 3)", "missing axis", lambda rnn: rnn(X[0])),
    fresh("sequences", "shape (2, 4, 3, 1)", "reshape", lambda rnn: rnn(X[..., None])),
    fresh("sequences", "=None", "numpy.asarray", lambda rnn: rnn(None), error=TypeError),
    fresh("sequences", "0 steps", "pad them", lambda rnn: rnn(X[:, :0])),
    built("sequences", "='text'", "asarray", lambda rnn: rnn("text"), error=TypeError),
    built("sequences", "=[[1", "numpy.asarray", lambda rnn: rnn([[1, 2], [3]]), error=TypeError),
    built("sequences", "dtype object", "asarray", lambda r: r(X.astype(object)), error=TypeError),
    built("sequences", "shape (2, 4, 2)", "Create a new layer", lambda rnn: rnn(X[..., 1:])),
    fresh(
        "inputs",
        "shape (None, None)",
        "Set the size of the features axis",
        lambda rnn: rnn(keras.Input((4, None))),
    ),
    stateful(
        "sequences",
        "shape (None, 4, 3)",
        "batch_size=...",
        lambda rnn: rnn(keras.Input((4, 3))),
    ),
    cases_for("MinimalRNN", layer(built=True, stateful=True))(
        "sequences", "shape (1, 4, 3)", "pad a last", lambda rnn: rnn(X[:1])
    ),
    unrolled("unroll", "None steps", "unroll=False", lambda rnn: rnn(keras.Input((None, 3)))),
    built("mask", "shape (2, 3)", "one boolean per step", lambda rnn: rnn(X, mask=MASK[:, 1:])),
    built(
        "mask", "shape (2, 4, 1)", "one boolean per step", lambda rnn: rnn(X, mask=MASK[..., None])
    ),
    built("mask", "='left'", "numpy.asarray", lambda rnn: rnn(X, mask="left"), error=TypeError),
    built(
        "initial_state",
        "2 arrays",
        "or a list of it",
        lambda rnn: rnn(X, initial_state=[STATE, STATE]),
    ),
    built(
        "initial_state",
        "shape (2, 4)",
        "Leave it out",
        lambda rnn: rnn(X, initial_state=STATE[:, 1:]),
    ),
    built("initial_state", "shape (1, 5)", "Leave it out", lambda r: r(X, initial_state=STATE[:1])),
    built("initial_state", "shape (5,)", "Leave it out", lambda r: r(X, initial_state=STATE[0])),
    built(
        "initial_state",
        "='zeros'",
        "numpy.asarray",
        lambda rnn: rnn(X, initial_state="zeros"),
        error=TypeError,
    ),
]

fresh_cell = cases_for("MinimalRNNCell", cell(built=False))
built_cell = cases_for("MinimalRNNCell", cell(built=True))
CELL = [
    fresh_cell("inputs", "shape (2, 4, 3)", "`MinimalRNN`", lambda made: made(X, STATE)),
    fresh_cell("inputs", "='x'", "numpy.asarray", lambda made: made("x", STATE), error=TypeError),
    built_cell("inputs", "shape (2, 2)", "`MinimalRNN`", lambda made: made(X[:, 0, 1:], STATE)),
    built_cell("states", "a list of 2", "get_initial", lambda c: c(X[:, 0], [STATE, STATE])),
    built_cell("states", "a list of 0", "get_initial_state", lambda c: c(X[:, 0], [])),
    built_cell("states", "shape (2, 4)", "one step", lambda c: c(X[:, 0], STATE[:, 1:])),
    built_cell("states", "shape (1, 5)", "get_initial_state", lambda c: c(X[:, 0], STATE[:1])),
    built_cell("states", "=None", "numpy.asarray", lambda c: c(X[:, 0], None), error=TypeError),
    fresh_cell("inputs", "shape (2, None)", "Set the size", lambda c: c.build((2, None))),
]

plain = cases_for("minimal_rnn")
KERNEL, RECURRENT = np.ones((3, 5)), np.eye(5)


def run(inputs=X, kernel=KERNEL, recurrent_kernel=RECURRENT, bias=None, **options):
    return minimal_rnn(inputs, kernel, recurrent_kernel, bias, **options)


REFERENCE = [
    plain("inputs", "shape (3,)", "(batch, steps, features)", lambda: run(X[0, 0])),
    plain("inputs", "shape (1, 2, 4, 3)", "(batch, steps, features)", lambda: run(X[None])),
    plain("inputs", "='text'", "NumPy array", lambda: run("text"), error=TypeError),
    plain("inputs", "=None", "NumPy array", lambda: run(None), error=TypeError),
    plain("inputs", "=[[1, 2], [3]]", "NumPy array", lambda: run([[1, 2], [3]]), error=TypeError),
    plain("inputs", "dtype object", "NumPy array", lambda: run(X.astype(object)), error=TypeError),
    plain("inputs", "generator", "NumPy", lambda: run(x for x in X), error=TypeError),
    plain("kernel", "shape (2, 5)", "(3, units)", lambda: run(kernel=KERNEL[1:])),
    plain("kernel", "shape (5,)", "(3, units)", lambda: run(kernel=KERNEL[0])),
    plain(
        "recurrent_kernel", "shape (4, 5)", "(5, 5)", lambda: run(recurrent_kernel=RECURRENT[1:])
    ),
    plain("recurrent_kernel", "shape (6, 6)", "(5, 5)", lambda: run(recurrent_kernel=np.eye(6))),
    plain("bias", "shape (4,)", "(5,)", lambda: run(bias=np.ones(4))),
    plain("bias", "=array(0.)", "(5,)", lambda: run(bias=np.float64(0.0))),
    plain("mask", "shape (2, 3)", "(2, 4)", lambda: run(mask=MASK[:, 1:])),
    plain("mask", "='all'", "(2, 4)", lambda: run(mask="all"), error=TypeError),
    plain("initial_state", "shape (2, 4)", "(2, 5)", lambda: run(initial_state=STATE[:, 1:])),
    plain("activation", "='tanh'", "np.tanh", lambda: run(activation="tanh"), error=TypeError),
]

CASES: list[Case] = [*of_each(MinimalRNN), *of_each(MinimalRNNCell), *LAYER, *CELL, *REFERENCE]
