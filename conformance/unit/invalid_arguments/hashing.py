"""Invalid arguments of the hashing layer and of the dense layer on its bins."""

import numpy as np
import pandas as pd

from keras_seqext import HashedDense, HashingOneHot, Tokenizer

from .case import Case, Subject, cases_for

TOKENS = [["the", "cat"], ["a", "dog"]]
IDS = np.array([[3, 1, 1]])


def hashing(num_bins=8, **options):
    return HashingOneHot(num_bins, **options)


def dense(units=2, num_bins=4, **options):
    return HashedDense(units, num_bins, **options)


def called(layer):
    layer(IDS)
    return layer


new = cases_for("HashingOneHot")
used = cases_for("HashingOneHot", Subject(hashing, lambda layer: layer(TOKENS)))
bags = cases_for(
    "HashingOneHot",
    Subject(lambda: hashing(output_mode="count"), lambda layer: layer.matrix(["the cat"])),
)
encoder = cases_for("HashingOneHot", Subject(lambda: hashing().encoder(), lambda layer: layer(IDS)))
LAYER = [
    new("num_bins", "=0", "whole number from 1 to 2147483647", lambda: hashing(0)),
    new("num_bins", "=-4", "whole number from 1", lambda: hashing(-4)),
    new("num_bins", "=2147483648", "whole number from 1", lambda: hashing(2**31)),
    new("num_bins", "=8.0", "whole number", lambda: hashing(8.0), error=TypeError),
    new("num_bins", "=True", "whole number", lambda: hashing(True), error=TypeError),
    new("num_bins", "='8'", "whole number", lambda: hashing("8"), error=TypeError),
    new("num_bins", "=nan", "whole number", lambda: hashing(np.nan), error=TypeError),
    new(
        "output_mode", "='onehot'", "Did you mean 'one_hot'", lambda: hashing(output_mode="onehot")
    ),
    new("output_mode", "=None", "Pass e.g.", lambda: hashing(output_mode=None)),
    new(
        "output_mode",
        "dtype=float32",
        "Leave `dtype`",
        lambda: hashing(output_mode="int", dtype="float32"),
    ),
    new("ngrams", "=0", "whole number from 1", lambda: hashing(ngrams=0)),
    new("ngrams", "=(1, 2)", "whole number", lambda: hashing(ngrams=(1, 2)), error=TypeError),
    new(
        "mask_value",
        "=0.5",
        "an int for integers",
        lambda: hashing(mask_value=0.5),
        error=TypeError,
    ),
    new("mask_value", "=b''", "a str for string", lambda: hashing(mask_value=b""), error=TypeError),
    new("salt", "='s'", "salt=1337", lambda: hashing(salt="s")),
    new("salt", "=[1, 2, 3]", "salt=1337", lambda: hashing(salt=[1, 2, 3])),
    new("salt", f"={2**64}", "salt=1337", lambda: hashing(salt=2**64)),
    new("salt", "=(1, None)", "salt=1337", lambda: hashing(salt=(1, None))),
    new("sparse", "='yes'", "sparse=True or", lambda: hashing(sparse="yes"), error=TypeError),
    new(
        "sparse", "output_mode=int", "sparse=False", lambda: hashing(output_mode="int", sparse=True)
    ),
    new("hashed", "=1", "hashed=True or", lambda: hashing(hashed=1), error=TypeError),
    new(
        "num_bin",
        "num_bin=8",
        "Did you mean 'num_bins'",
        lambda: hashing(num_bin=8),
        error=TypeError,
    ),
    new("name", "='a/b'", "Leave it out", lambda: hashing(name="a/b")),
    used("tokens", "rows of 1, 2 tokens", "Pad the shorter", lambda h: h([["a"], ["b", "c"]])),
    used("tokens", "rows of no, 1 tokens", "Pad the shorter", lambda h: h([["a"], "b"])),
    used(
        "tokens", "dtype float64", ".astype('int64')", lambda h: h(np.ones((1, 2))), error=TypeError
    ),
    used("tokens", "dtype bool", ".astype(str)", lambda h: h(np.ones(2, bool)), error=TypeError),
    used(
        "tokens", "None of type NoneType", "mask_value", lambda h: h(["a", None]), error=TypeError
    ),
    used("tokens", "1 of type int", "with `str`", lambda h: h(["a", 1]), error=TypeError),
    used("tokens", "types int, str", ".astype(str)", lambda h: h([1, "a"]), error=TypeError),
    used("tokens", "generator", "mask_value", lambda h: h(t for t in TOKENS), error=TypeError),
    used("tokens", "None of type", "with `str`", lambda h: h.to_ids(None), error=TypeError),
    used("tokens", "'\\ud83d'", "errors='replace'", lambda h: h.to_ids(["\ud83d"])),
    used(
        "tokens",
        "dtype datetime64[D]",
        ".astype(str)",
        lambda h: h.to_ids(np.array(["2020"], "M8[D]")),
        error=TypeError,
    ),
    used(
        "tokens",
        "types float, int",
        "'int64'",
        lambda h: h.measured_collisions([1, 2.5]),
        error=TypeError,
    ),
    used(
        "tokens",
        "masked array with 1 missing",
        ".filled(",
        lambda h: h.to_ids(np.ma.masked_equal([1, -1], -1)),
        error=TypeError,
    ),
    used(
        "tokens",
        "of type set",
        "with `str`",
        lambda h: h.measured_collisions({"the"}),
        error=TypeError,
    ),
    used("vocabulary_size", "=-1", "distinct words", lambda h: h.expected_collisions(-1)),
    used(
        "vocabulary_size",
        "=1.5",
        "distinct words",
        lambda h: h.expected_collisions(1.5),
        error=TypeError,
    ),
    used(
        "output_mode",
        "='one_hot'",
        "output_mode='multi_hot'",
        lambda h: h.matrix(["a"]),
        named="output_mode",
    ),
    new(
        "ngrams",
        "ngrams=2 in the layer",
        "Pass ngrams=1",
        lambda: hashing(output_mode="count", ngrams=2).matrix(["a"], Tokenizer(ngrams=2)),
    ),
    new("ngrams", "ngrams=2 with a single", "one row per text", lambda: hashing(ngrams=2)("a")),
    new(
        "mask_value",
        "='' with integers",
        "an int for integers",
        lambda: hashing(mask_value="")(IDS),
        error=TypeError,
    ),
    new(
        "mask_value",
        "=0 with strings",
        "mask_value='0'",
        lambda: hashing(mask_value=0)(TOKENS),
        error=TypeError,
    ),
    bags("texts", "one str", "[text]", lambda b: b.matrix("the cat"), error=TypeError),
    bags(
        "texts",
        "a DataFrame with the columns 'text'",
        "texts['text']",
        lambda b: b.matrix(pd.DataFrame({"text": ["the"]})),
        error=TypeError,
    ),
    bags("texts", "{'the'}", "sorted(texts)", lambda b: b.matrix({"the"}), error=TypeError),
    bags("text", "text 1: 3", "to a `str`", lambda b: b.matrix(["a", 3]), error=TypeError),
    bags("tokenizer", "='word'", "Tokenizer", lambda b: b.matrix(["a"], "word"), error=TypeError),
    encoder("tokens", "from 1 to 99", "layer that hashes", lambda e: e([[1, 99]])),
    encoder("tokens", "from -1 to 2", "layer that hashes", lambda e: e([[-1, 2]])),
    encoder("tokens", "dtype <U1", "layer that hashes", lambda e: e([["a"]])),
    encoder("tokens", "dtype object", "layer that hashes", lambda e: e([[1], [2, 3]])),
]

built = cases_for("HashedDense", Subject(dense, lambda layer: layer(IDS)))
make = cases_for("HashedDense")
DENSE = [
    make("units", "=0", "whole number from 1", lambda: dense(0)),
    make("units", "=2.0", "whole number", lambda: dense(2.0), error=TypeError),
    make("num_bins", "=0", "whole number from 1", lambda: dense(num_bins=0)),
    make("num_bins", "=2147483648", "whole number from 1", lambda: dense(num_bins=2**31)),
    make("num_bins", "=None", "whole number", lambda: dense(num_bins=None), error=TypeError),
    make("output_mode", "='int'", "mode of the `HashingOneHot`", lambda: dense(output_mode="int")),
    make("activation", "='rulu'", "'tanh'", lambda: dense(activation="rulu")),
    make("use_bias", "=None", "use_bias=True or", lambda: dense(use_bias=None), error=TypeError),
    make("kernel_initializer", "='ons'", "glorot", lambda: dense(kernel_initializer="ons")),
    make("bias_initializer", "=1", "glorot", lambda: dense(bias_initializer=1)),
    make("unit", "unit=1", "Did you mean 'units'", lambda: dense(unit=1), error=TypeError),
    make("dtype", "='f99'", "'float32'", lambda: dense(dtype="f99")),
    built(
        "inputs",
        "dtype float32",
        "dtype='int32'",
        lambda d: d(IDS.astype("float32")),
        error=TypeError,
    ),
    built("inputs", "dtype bool", "dtype='int32'", lambda d: d(IDS > 1), error=TypeError),
    built("inputs", "='text'", "numpy.asarray", lambda d: d("text"), error=TypeError),
    built("inputs", "dtype <U3", "numpy.asarray", lambda d: d(np.array(TOKENS)), error=TypeError),
    built("inputs", "=[[3, 1]]", "numpy.asarray", lambda d: d([[3, 1]]), error=TypeError),
    make(
        "mode",
        "mode='int4'",
        "mode='int8'",
        lambda: called(dense()).quantize("int4"),
        error=NotImplementedError,
    ),
    built("inputs", "=None", "numpy.asarray", lambda d: d(None), error=TypeError),
]

CASES: list[Case] = [*LAYER, *DENSE]
