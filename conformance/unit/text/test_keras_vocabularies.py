"""Ids and matrices compared with the `Tokenizer` of Keras 2 and `TextVectorization`."""

import os

import numpy as np
import pytest

from keras_seqext.text.vocabulary.special_ids import TEXT_VECTORIZATION_IDS, TOKENIZER_IDS
from keras_seqext.text.vocabulary.text_encoder import TextEncoder

if os.environ["KERAS_BACKEND"] != "tensorflow":
    pytest.skip("both require TensorFlow", allow_module_level=True)
tf = pytest.importorskip("tensorflow")

# Texts for which the results must agree: no ties of counts, no characters cleaned differently.
TEXTS = ["a a a a a b b b b", "a a, b c c; c d", "d a. b! a", "e"]
NEW = ["a b c x x", "d d d a", "x y", ""]


def fitted_tokenizer(**options):
    tokenizer = tf.keras.preprocessing.text.Tokenizer(**options)
    tokenizer.fit_on_texts(TEXTS)
    return tokenizer


def test_ids_of_the_tokenizer():
    encoder = TextEncoder.fit(TEXTS, special_ids=TOKENIZER_IDS)
    tokenizer = fitted_tokenizer()
    assert dict(encoder.vocabulary) == tokenizer.word_index
    assert encoder.encode(NEW) == tokenizer.texts_to_sequences(NEW)


@pytest.mark.parametrize("mode", ["binary", "count", "freq", "tfidf"])
def test_matrices_of_the_tokenizer(mode):
    # 3 words correspond to num_words=4 of `Tokenizer`, which retains ids below 4.
    encoder = TextEncoder.fit(TEXTS, num_words=3, special_ids=TOKENIZER_IDS)
    theirs = fitted_tokenizer(num_words=4).texts_to_matrix(NEW, mode)
    ours = encoder.matrix(NEW, mode, dtype="float64")
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_ids_and_idf_of_text_vectorization():
    encoder = TextEncoder.fit(TEXTS, num_words=3, special_ids=TEXT_VECTORIZATION_IDS)
    layer = tf.keras.layers.TextVectorization(max_tokens=5)
    layer.adapt(tf.constant(TEXTS))
    assert layer.get_vocabulary() == ["", "[UNK]", *encoder.vocabulary.tokens]
    ids, _ = encoder.pad(encoder.encode(NEW), padding="right", truncation="right")
    np.testing.assert_array_equal(layer(tf.constant(NEW)).numpy(), ids)

    layer = tf.keras.layers.TextVectorization(max_tokens=4, output_mode="tf_idf")
    layer.adapt(tf.constant(TEXTS))
    ones = encoder.matrix(["a", "b", "c", "x"], "tfidf")
    np.testing.assert_allclose(
        layer(tf.constant(["a", "b", "c", "x"])).numpy(), ones[:, 1:], rtol=1e-6
    )
