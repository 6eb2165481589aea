"""Bags of tokens compared with a direct implementation of the formulas."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.unit.text.texts import BOOK_SAMPLES, plain_texts
from keras_seqext.text.tokens.tokenizer import Tokenizer
from keras_seqext.text.vocabulary.special_ids import IMDB_IDS, TEXT_VECTORIZATION_IDS, TOKENIZER_IDS
from keras_seqext.text.vocabulary.text_encoder import TextEncoder
from keras_seqext.text.vocabulary.text_matrix import bag_matrix
from keras_seqext.text.vocabulary.vocabulary import Vocabulary

pytestmark = pytest.mark.backend_free

MODES = ("binary", "count", "freq", "tfidf")
corpora = st.lists(plain_texts, min_size=1, max_size=5).filter(any)


def reference_matrix(encoder, texts, mode, idf):
    vocabulary, special = encoder.vocabulary, encoder.vocabulary.special_ids
    documents = vocabulary.num_documents
    idfs = [
        math.log(1 + documents / (1 + df))
        if idf == "keras"
        else math.log((1 + documents) / (1 + df)) + 1
        for df in vocabulary.document_counts
    ]
    weights = dict(zip(vocabulary.values(), idfs, strict=True))
    weights[special.oov] = sum(idfs) / len(idfs)
    matrix = np.zeros((len(texts), vocabulary.num_ids))
    for row, text in zip(matrix, texts, strict=True):
        ids = [i for i in encoder.encode([text])[0] if i != special.start]
        for i in set(ids):
            count = ids.count(i)
            row[i] = {
                "binary": 1,
                "count": count,
                "freq": count / len(ids),
                "tfidf": (1 + math.log(count)) * weights[i],
            }[mode]
    return matrix


@settings(deadline=None)
@given(
    corpora,
    st.lists(plain_texts, max_size=4),
    st.integers(1, 6),
    st.sampled_from(MODES),
    st.sampled_from(["keras", "smooth"]),
    st.sampled_from([TEXT_VECTORIZATION_IDS, IMDB_IDS, TOKENIZER_IDS]),
)
def test_formulas(corpus, texts, num_words, mode, idf, special_ids):
    encoder = TextEncoder.fit(corpus, num_words=num_words, special_ids=special_ids)
    expected = reference_matrix(encoder, texts, mode, idf)
    dense = encoder.matrix(texts, mode, idf=idf, dtype="float64")
    np.testing.assert_allclose(dense, expected, rtol=1e-12)
    sparse = encoder.matrix(texts, mode, idf=idf, sparse=True, dtype="float64")
    assert sparse.format == "csr" and sparse.has_canonical_format
    np.testing.assert_array_equal(sparse.toarray(), dense)


def test_sentences_of_the_book():
    encoder = TextEncoder.fit(BOOK_SAMPLES, special_ids=TOKENIZER_IDS)
    counts = encoder.matrix(BOOK_SAMPLES, "count")
    assert counts.shape == (2, 10) and counts.dtype == np.float32
    assert counts[:, 0].tolist() == [0, 0]
    assert counts[:, encoder.vocabulary["the"]].tolist() == [2, 1]
    freq = encoder.matrix(BOOK_SAMPLES, "freq")
    np.testing.assert_allclose(freq.sum(axis=1), [1, 1], rtol=1e-6)


def test_smooth_idf_equals_scikit_learn():
    sklearn = pytest.importorskip("sklearn.feature_extraction.text")
    tokenizer = Tokenizer(ngrams=2)
    encoder = TextEncoder.fit(BOOK_SAMPLES, special_ids=TOKENIZER_IDS, tokenizer=tokenizer)
    theirs = sklearn.TfidfVectorizer(
        analyzer=tokenizer, vocabulary=encoder.vocabulary.tokens, sublinear_tf=True, norm=None
    )
    texts = [*BOOK_SAMPLES, "the the the cat"]
    theirs.fit(BOOK_SAMPLES)
    np.testing.assert_allclose(
        encoder.matrix(texts, "tfidf", idf="smooth", dtype="float64")[:, 1:],
        theirs.transform(texts).toarray(),
        rtol=1e-12,
    )


def test_too_large_dense_matrix_raises():
    encoder = TextEncoder(Vocabulary([str(i) for i in range(10_000)]))
    with pytest.raises(ValueError, match=r"\(1000, 10002\) takes 0\.0 GB.*Use sparse=True"):
        encoder.matrix(["1"] * 1000, max_gigabytes=0.01)
    assert encoder.matrix(["1"] * 1000, max_gigabytes=0.01, sparse=True).nnz == 1000


def test_invalid_arguments_raise():
    vocabulary = Vocabulary(["a"])
    with pytest.raises(ValueError, match="Received: mode='tf-idf'"):
        bag_matrix([[2]], vocabulary, mode="tf-idf")
    with pytest.raises(ValueError, match="create it with `fit`"):
        bag_matrix([[2]], vocabulary, mode="tfidf")
    with pytest.raises(ValueError, match="Received: idf='sklearn'"):
        bag_matrix([[2]], Vocabulary.fit([["a"]]), mode="tfidf", idf="sklearn")
    with pytest.raises(ValueError, match="`ids` must be ids of this vocabulary"):
        bag_matrix([[2], [5]], vocabulary)
    with pytest.raises(ValueError, match="before they are padded"):
        bag_matrix([[2, 0]], vocabulary)
