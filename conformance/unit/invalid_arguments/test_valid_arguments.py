"""Unusual but valid arguments: read-only or strided arrays, other dtypes, tables, iterators."""

import importlib.util

import keras
import numpy as np
import pandas as pd
import pytest

from keras_seqext import (
    GloVeEmbedding,
    HashedDense,
    HashingOneHot,
    MaskedGlobalMaxPooling1D,
    MinimalRNN,
    SeriesScaler,
    TextEncoder,
    TimeseriesWindow,
    Vocabulary,
    minimal_rnn,
    pad_ids,
)

ROWS = np.arange(40.0).reshape(20, 2)
X = np.linspace(-1, 1, 24, dtype="float32").reshape(2, 4, 3)


def read_only(array):
    array = array.copy()
    array.setflags(write=False)
    return array


def strided(array):
    return np.repeat(array, 2, axis=-1)[..., ::2]


def other_backend(array):
    """Return a tensor of an installed backend other than the active one, or skip the test."""
    running = keras.backend.backend()
    if running != "torch" and importlib.util.find_spec("torch"):
        import torch

        return torch.tensor(array)
    if running != "jax" and importlib.util.find_spec("jax"):
        import jax.numpy as jnp

        return jnp.asarray(array)
    pytest.skip("no other backend is installed")


FORMS = {
    "read-only": read_only,
    "strided": strided,
    "column-major": np.asfortranarray,
    "reversed twice": lambda array: array[::-1].copy()[::-1],
    "big-endian": lambda array: array.astype(array.dtype.newbyteorder(">")),
}
TABLES = {
    **FORMS,
    "integers": lambda array: array.astype("int16"),
    "float16": lambda array: array.astype("float16"),
    "frame with a string index": lambda a: pd.DataFrame(a, index=[f"r{i}" for i in range(len(a))]),
    "frame with a repeated index": lambda array: pd.DataFrame(array, index=[7] * len(array)),
    "reversed frame": lambda array: pd.DataFrame(array[::-1], range(20)[::-1])[::-1],
    "frame of nullable floats": lambda array: pd.DataFrame(array).astype("Float64"),
    "frame with integer column names": lambda array: pd.DataFrame(array, columns=[10, 3]),
}


@pytest.mark.backend_free
@pytest.mark.parametrize("form", TABLES)
def test_windows_accept_any_table(form):
    given = TABLES[form](ROWS)
    before = given.copy()
    windows = TimeseriesWindow(given, lookback=4, delay=1)
    expected = TimeseriesWindow(ROWS, lookback=4, delay=1)
    for got, want in zip(windows[0], expected[0], strict=True):
        np.testing.assert_array_equal(got, want)
        got[...] = 0  # changing a batch must not change the data
    np.testing.assert_array_equal(np.asarray(given), np.asarray(before))


@pytest.mark.backend_free
@pytest.mark.parametrize("form", FORMS)
def test_scaler_and_minimal_rnn_accept_any_layout(form):
    given = FORMS[form](ROWS)
    scaler, plain = SeriesScaler.fit([given]), SeriesScaler.fit([ROWS])
    np.testing.assert_array_equal(scaler.center, plain.center)
    np.testing.assert_array_equal(scaler.transform(given), plain.transform(ROWS))
    weights = np.ones((3, 5)), np.eye(5)
    np.testing.assert_allclose(
        minimal_rnn(FORMS[form](X), *weights), minimal_rnn(X, *weights), rtol=1e-6
    )


@pytest.mark.backend_free
def test_texts_words_and_ids_accept_iterators_and_series():
    texts = ["the cat", "the dog"]
    plain = TextEncoder.fit(texts)
    for given in (iter(texts), (t for t in texts), pd.Series(texts, index=[5, 5]), np.array(texts)):
        assert TextEncoder.fit(given) == plain
    assert Vocabulary(t for t in ["a", "b"]) == Vocabulary(np.array(["a", "b"]).tolist())
    ids = read_only(np.array([3, 2, 3]))
    assert plain.vocabulary.decode(ids) == plain.vocabulary.decode(iter([3, 2, 3]))
    padded = pad_ids((row for row in [ids, ids[::-1]]), 2, padding="left", truncation="left")
    assert padded.ids.tolist() == [[2, 3], [2, 3]]


@pytest.mark.backend_free
def test_word_vectors_accept_an_iterator_and_a_path_as_a_string(tmp_path):
    path = tmp_path / "tiny.txt"
    path.write_text("the 0.5 1\n")
    words = (word for word in ["the", "zzz"])
    vectors = GloVeEmbedding(str(path), words, counts=np.array([3, 1]), cache=False)
    assert vectors.load().tolist() == [[0, 0], [0.5, 1], [0, 0]]


@pytest.mark.parametrize("form", [*FORMS, "tensor of another backend"])
def test_layers_accept_any_layout(form):
    change = FORMS.get(form, other_backend)
    if form == "big-endian":
        pytest.skip("big-endian: unsupported by all backends, and Keras does not convert it")
    mask = np.array([[True, True, False, False], [True] * 4])
    pooling, rnn = MaskedGlobalMaxPooling1D(), MinimalRNN(5)
    for layer in (pooling, rnn):
        want = keras.ops.convert_to_numpy(layer(X, mask=mask))
        got = keras.ops.convert_to_numpy(layer(change(X), mask=change(mask)))
        np.testing.assert_array_equal(got, want)
    ids = np.array([[3, 1, 1]], "int32")
    dense, encode = HashedDense(2, 4), HashingOneHot(4).encoder()
    for layer in (dense, encode):
        want = keras.ops.convert_to_numpy(layer(ids))
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer(change(ids))), want)


@pytest.mark.backend_free
@pytest.mark.parametrize("form", FORMS)
def test_hashing_accepts_tokens_of_any_layout(form):
    layer = HashingOneHot(50)
    for tokens in (np.array([["the", "cat"], ["a", "dog"]]), np.arange(6).reshape(2, 3)):
        np.testing.assert_array_equal(layer.to_ids(FORMS[form](tokens)), layer.to_ids(tokens))
    objects = np.array([["the", "cat"], ["a", "dog"]], dtype=object)
    np.testing.assert_array_equal(layer.to_ids(objects), layer.to_ids(objects.tolist()))
