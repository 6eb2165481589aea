"""Ids and matrices compared with the `Tokenizer` of Keras 2 and `TextVectorization`."""

import os

import numpy as np
import pytest

from conformance.unit.text.texts import imdb_reviews
from keras_seqext.text.vocabulary.special_ids import TEXT_VECTORIZATION_IDS, TOKENIZER_IDS
from keras_seqext.text.vocabulary.text_encoder import TextEncoder
from keras_seqext.text.vocabulary.vocabulary import Vocabulary

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


def test_ids_of_a_list_of_get_vocabulary():
    layer = tf.keras.layers.TextVectorization()
    layer.adapt(tf.constant(TEXTS))
    encoder = TextEncoder(Vocabulary(layer.get_vocabulary()))
    ids, _ = encoder.pad(encoder.encode(NEW), padding="right", truncation="right")
    np.testing.assert_array_equal(layer(tf.constant(NEW)).numpy(), ids)
    assert encoder.vocabulary.num_ids == layer.vocabulary_size()


@pytest.mark.parametrize("mask_token", ["", None])
@pytest.mark.parametrize("num_oov_indices", [0, 1])
def test_lists_of_string_lookup(mask_token, num_oov_indices):
    layer = tf.keras.layers.StringLookup(
        vocabulary=["b", "a"], mask_token=mask_token, num_oov_indices=num_oov_indices
    )
    words = layer.get_vocabulary()
    special_ids = TEXT_VECTORIZATION_IDS if num_oov_indices else TOKENIZER_IDS
    if words[0] == "[UNK]":
        with pytest.raises(ValueError, match="mask_token=''"):
            Vocabulary(words)
    elif mask_token == "":
        vocabulary = Vocabulary(words, special_ids=special_ids)
        assert vocabulary.encode(["a", "b"]) == layer(tf.constant(["a", "b"])).numpy().tolist()


def test_a_word_index_with_an_oov_token():
    tokenizer = fitted_tokenizer(oov_token="<OOV>")
    vocabulary = Vocabulary.from_word_index(tokenizer.word_index, oov_token="<OOV>")
    assert TextEncoder(vocabulary).encode(NEW) == tokenizer.texts_to_sequences(NEW)
    # num_words=4 retains the OOV token and the ids 2 and 3.
    limited = fitted_tokenizer(oov_token="<OOV>", num_words=4)
    vocabulary = Vocabulary.from_word_index(limited.word_index, oov_token="<OOV>", num_words=2)
    assert TextEncoder(vocabulary).encode(NEW) == limited.texts_to_sequences(NEW)


def test_old_ids_of_reviews(real_data):
    reviews = imdb_reviews(real_data, "train")[:2000]
    tokenizer = tf.keras.preprocessing.text.Tokenizer()
    tokenizer.fit_on_texts(reviews)
    expected = tokenizer.texts_to_sequences(reviews)
    vocabulary = Vocabulary.from_word_index(tokenizer.word_index, special_ids=TOKENIZER_IDS)
    # The words of Keras 2, as in the guide to migration.
    removed = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))
    words = [text.lower().translate(removed).split(" ") for text in reviews]
    assert [vocabulary.encode(row) for row in words] == expected
    # The tokenizer of this package splits two thirds of the reviews differently.
    encoder = TextEncoder(vocabulary)
    same = sum(a == b for a, b in zip(encoder.encode(reviews), expected, strict=True))
    assert 600 < same < 750


def test_tensors_raise():
    encoder = TextEncoder.fit(TEXTS)
    texts = tf.constant(["a b", "c"])
    for call in (encoder.encode, encoder.matrix, TextEncoder.fit):
        with pytest.raises(TypeError, match=r"texts\.numpy\(\).*to_tensorflow"):
            call(texts)
        with pytest.raises(TypeError, match=r"text\.numpy\(\)\.decode\(\)"):
            call(list(texts))
    with pytest.raises(TypeError, match=r"tokens\.numpy\(\)\.tolist\(\)"):
        encoder.vocabulary.encode(texts)
    assert encoder.vocabulary.encode(tf.constant(["a"]).numpy().tolist()) == [2]
    with pytest.raises(TypeError, match="to_tensorflow"):
        tf.data.Dataset.from_tensors(texts).map(encoder.encode)
