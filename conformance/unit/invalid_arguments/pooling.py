"""Invalid arguments of the masked pooling layers."""

import keras
import numpy as np

import keras_seqext
from keras_seqext import (
    MaskedGlobalAttentionPooling1D,
    MaskedGlobalLogSumExpPooling1D,
    MaskedGlobalMaxPooling1D,
    MaskedGlobalTopKPooling1D,
)

from .case import Case, Subject, cases_for

X = np.arange(24.0, dtype="float32").reshape(2, 4, 3)
MASK = np.ones((2, 4), bool)
NAMES = [name for name in dir(keras_seqext) if name.startswith("MaskedGlobal")]


def subject(cls, built, **options):
    def make():
        layer = cls(**options)
        if built:
            layer(X)
        return layer

    return Subject(make, lambda layer: layer(X, mask=MASK))


def of_each(name):
    """Return the cases that every pooling class must raise, to test each subclass of the base."""
    cls = getattr(keras_seqext, name)
    needed = {"k": 2} if "TopK" in name else {}
    fresh = cases_for(name, subject(cls, built=False, **needed))
    built = cases_for(name, subject(cls, built=True, **needed))
    new = cases_for(name)
    return [
        fresh("inputs", "shape (4, 3)", "missing axis", lambda layer: layer(X[0])),
        built("inputs", "'text' (of type str)", "asarray", lambda p: p("text"), error=TypeError),
        built(
            "mask", "mask of shape (2, 3)", "one boolean per step", lambda p: p(X, mask=MASK[:, 1:])
        ),
        new("bogus", "bogus=1", "Use one of", lambda: cls(**needed, bogus=1), error=TypeError),
    ]


new = cases_for("MaskedGlobalMaxPooling1D")
fresh = cases_for("MaskedGlobalMaxPooling1D", subject(MaskedGlobalMaxPooling1D, built=False))
built = cases_for("MaskedGlobalMaxPooling1D", subject(MaskedGlobalMaxPooling1D, built=True))
pool = MaskedGlobalMaxPooling1D
BASE = [
    fresh("inputs", "shape (2, 4, 3, 1)", "reshape", lambda p: p(X[..., None])),
    fresh("inputs", "shape (1, 2)", "missing axis", lambda p: p.build((1, 2))),
    fresh("inputs", "shape 3", "missing axis", lambda p: p.compute_output_shape(3)),
    built("inputs", "=None", "numpy.asarray", lambda p: p(None), error=TypeError),
    built("inputs", "=[[1.0]", "numpy.asarray", lambda p: p([[1.0], [2.0]]), error=TypeError),
    built("inputs", "generator", "asarray", lambda p: p(v for v in X), error=TypeError),
    built("inputs", "dtype object", "asarray", lambda p: p(X.astype(object)), error=TypeError),
    built("inputs", "dtype <U", "numpy.asarray", lambda p: p(X.astype(str)), error=TypeError),
    built(
        "mask",
        "mask of shape (2, 4, 1)",
        "one boolean per step",
        lambda p: p(X, mask=MASK[..., None]),
    ),
    built("mask", "mask of shape ()", "one boolean per step", lambda p: p(X, mask=np.array(True))),
    built("mask", "='right'", "numpy.asarray", lambda p: p(X, mask="right"), error=TypeError),
    built(
        "mask", "dtype object", "asarray", lambda p: p(X, mask=MASK.astype("O")), error=TypeError
    ),
    built(
        "mask",
        "mask of shape (4, 2)",
        "one boolean per step",
        lambda p: p(keras.KerasTensor((2, 4, 3)), mask=keras.KerasTensor((4, 2), "bool")),
    ),
    new("data_format", "='NCW'", "Pass e.g.", lambda: pool(data_format="NCW")),
    new(
        "data_format",
        "='channel_last'",
        "Did you mean 'channels_last'",
        lambda: pool("channel_last"),
    ),
    new("data_format", "=''", "Pass e.g.", lambda: pool(data_format="")),
    new("data_format", "=1", "Pass e.g.", lambda: pool(data_format=1)),
    new("keepdims", "='yes'", "keepdims=True or", lambda: pool(keepdims="yes"), error=TypeError),
    new("keepdims", "=1 (of", "keepdims=True or", lambda: pool(keepdims=1), error=TypeError),
    new("empty_value", "=nan", "no pooled value", lambda: pool(empty_value=np.nan)),
    new("empty_value", "=-inf", "no pooled value", lambda: pool(empty_value=-np.inf)),
    new("empty_value", "='0'", "no pooled value", lambda: pool(empty_value="0"), error=TypeError),
    new("empty_value", "=None", "no pooled value", lambda: pool(empty_value=None), error=TypeError),
    new("empty_value", "=[0.0]", "no pooled", lambda: pool(empty_value=[0.0]), error=TypeError),
    new(
        "keepdim",
        "keepdim=True",
        "Did you mean 'keepdims'",
        lambda: pool(keepdim=True),
        error=TypeError,
    ),
    new("name", "=3", "Leave it out", lambda: pool(name=3), error=TypeError),
    new("name", "='a/b'", "Leave it out", lambda: pool(name="a/b")),
    new("dtype", "='float99'", "'float32'", lambda: pool(dtype="float99")),
    new("dtype", "=7", "'float32'", lambda: pool(dtype=7)),
    new("activity_regularizer", "='l9'", "'l2'", lambda: pool(activity_regularizer="l9")),
]

topped = cases_for("MaskedGlobalTopKPooling1D")
TOP_K = [
    topped("k", "=0", "k=1", lambda: MaskedGlobalTopKPooling1D(0)),
    topped("k", "=-2", "k=1", lambda: MaskedGlobalTopKPooling1D(-2)),
    topped("k", "=1.5", "k=1", lambda: MaskedGlobalTopKPooling1D(1.5), error=TypeError),
    topped("k", "=True", "k=1", lambda: MaskedGlobalTopKPooling1D(True), error=TypeError),
    topped("k", "='2'", "k=1", lambda: MaskedGlobalTopKPooling1D("2"), error=TypeError),
    topped("k", "=None", "k=1", lambda: MaskedGlobalTopKPooling1D(None), error=TypeError),
    topped(
        "reduction", "='max'", "Did you mean 'mean'", lambda: MaskedGlobalTopKPooling1D(1, "max")
    ),
    topped("reduction", "=None", "Pass e.g.", lambda: MaskedGlobalTopKPooling1D(1, None)),
]

summed = cases_for("MaskedGlobalLogSumExpPooling1D")
smooth = MaskedGlobalLogSumExpPooling1D
LOG_SUM_EXP = [
    summed("sharpness", "=0", "MaskedGlobalMaxPooling1D", lambda: smooth(0)),
    summed("sharpness", "=-1.0", "MaskedGlobalMaxPooling1D", lambda: smooth(-1.0)),
    summed("sharpness", "=inf", "MaskedGlobalMaxPooling1D", lambda: smooth(np.inf)),
    summed("sharpness", "=nan", "MaskedGlobalMaxPooling1D", lambda: smooth(np.nan)),
    summed("sharpness", "='1'", "MaskedGlobalMax", lambda: smooth("1"), error=TypeError),
    summed("mean", "='yes'", "mean=True or", lambda: smooth(mean="yes"), error=TypeError),
]

attend = MaskedGlobalAttentionPooling1D
attends = cases_for("MaskedGlobalAttentionPooling1D")
attending = cases_for("MaskedGlobalAttentionPooling1D", subject(attend, built=False, units=2))
attended = cases_for("MaskedGlobalAttentionPooling1D", subject(attend, built=True, units=2))
ATTENTION = [
    attends("units", "=0", "Leave it out", lambda: attend(0)),
    attends("units", "='8'", "Leave it out", lambda: attend("8"), error=TypeError),
    attends("units", "=2.0", "Leave it out", lambda: attend(2.0), error=TypeError),
    attends("use_bias", "=0", "use_bias=True or", lambda: attend(use_bias=0), error=TypeError),
    attends("dropout", "=1.0", "dropout=0.2", lambda: attend(dropout=1.0)),
    attends("dropout", "=-0.1", "dropout=0.2", lambda: attend(dropout=-0.1)),
    attends("dropout", "=nan", "dropout=0.2", lambda: attend(dropout=np.nan)),
    attends("dropout", "='half'", "dropout=0.2", lambda: attend(dropout="half"), error=TypeError),
    attends("seed", "=-1", "whole number >= 0", lambda: attend(seed=-1)),
    attends("seed", "='s'", "whole number", lambda: attend(seed="s"), error=TypeError),
    attends("kernel_initializer", "='ons'", "glorot", lambda: attend(kernel_initializer="ons")),
    attends("query_initializer", "=3", "glorot", lambda: attend(query_initializer=3)),
    attends("bias_initializer", "=[1]", "glorot", lambda: attend(bias_initializer=[1])),
    attends("kernel_regularizer", "='l3'", "'l2'", lambda: attend(kernel_regularizer="l3")),
    attends("query_constraint", "='pos'", "'non_neg'", lambda: attend(query_constraint="pos")),
    attending(
        "inputs",
        "shape (None, 4, None)",
        "Set the size of the features axis",
        lambda p: p(keras.Input((4, None))),
    ),
    attended("inputs", "shape (2, 4, 2)", "3 features", lambda p: p(X[..., 1:])),
]

CASES: list[Case] = [case for name in NAMES for case in of_each(name)]
CASES += [*BASE, *TOP_K, *LOG_SUM_EXP, *ATTENTION]
