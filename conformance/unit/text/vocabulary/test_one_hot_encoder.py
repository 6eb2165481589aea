"""`OneHotEncoder`: the example of Chollet (2017), chapter 6, OOV tokens, inverse, errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.unit.text.texts import BOOK_SAMPLES, plain_texts
from keras_seqext.text.tokens.tokenizer import Tokenizer
from keras_seqext.text.vocabulary.one_hot_encoder import OneHotEncoder
from keras_seqext.text.vocabulary.special_ids import IMDB_IDS, TEXT_VECTORIZATION_IDS, TOKENIZER_IDS
from keras_seqext.text.vocabulary.text_encoder import TextEncoder
from keras_seqext.text.vocabulary.vocabulary import Vocabulary

pytestmark = pytest.mark.backend_free

RIGHT = {"padding": "right", "truncation": "right"}


def test_example_of_the_book():
    encoder = TextEncoder.fit(BOOK_SAMPLES, special_ids=TOKENIZER_IDS)
    vectors, mask = OneHotEncoder(encoder, 10, **RIGHT).encode(BOOK_SAMPLES)
    assert vectors.shape == (2, 10, 10) and vectors.dtype == np.float32
    assert not vectors[:, :, 0].any()
    assert vectors.argmax(axis=-1)[0, :6].tolist() == encoder.encode(BOOK_SAMPLES)[0]
    assert mask.sum(axis=1).tolist() == [6, 5]
    np.testing.assert_array_equal(vectors.sum(axis=-1), mask)


def test_oov_token_has_one_column_or_is_dropped():
    for special_ids, steps in ((TEXT_VECTORIZATION_IDS, 3), (TOKENIZER_IDS, 2)):
        encoder = TextEncoder.fit(BOOK_SAMPLES, special_ids=special_ids)
        vectors, mask = OneHotEncoder(encoder, 4, **RIGHT).encode(["the zebra sat"])
        assert vectors.sum() == steps == mask.sum()
    assert vectors.max() == 1


def test_non_ascii_characters_and_truncated_texts():
    encoder = TextEncoder.fit(["영화 " * 20], tokenizer=Tokenizer(level="char"))
    one_hot = OneHotEncoder(encoder, 5, padding="left", truncation="left")
    vectors, mask = one_hot.encode(["영화 " * 20, "화"])
    assert mask.tolist() == [[True] * 5, [False] * 4 + [True]]
    assert one_hot.decode(vectors) == ["화 영화 ", "화"]


@settings(deadline=None)
@given(
    st.lists(plain_texts, min_size=1, max_size=4).filter(any),
    st.integers(1, 9),
    st.sampled_from(["left", "right"]),
    st.sampled_from(["left", "right"]),
    st.sampled_from([TEXT_VECTORIZATION_IDS, IMDB_IDS, TOKENIZER_IDS]),
)
def test_decode_is_the_inverse_of_encode(texts, length, padding, truncation, special_ids):
    encoder = TextEncoder.fit(texts, special_ids=special_ids)
    one_hot = OneHotEncoder(encoder, length, padding=padding, truncation=truncation)
    vectors, mask = one_hot.encode(texts)
    ids, expected_mask = encoder.pad(
        encoder.encode(texts), length, padding=padding, truncation=truncation
    )
    np.testing.assert_array_equal(vectors.argmax(axis=-1), ids)
    np.testing.assert_array_equal(mask, expected_mask)
    assert one_hot.decode(vectors) == encoder.decode(ids)


def test_too_large_result_raises():
    encoder = TextEncoder(Vocabulary([str(i) for i in range(10_000)]))
    one_hot = OneHotEncoder(encoder, 500, dtype="float64", **RIGHT)
    with pytest.raises(ValueError, match=r"takes 1,000\.2 GB.*keras\.layers\.Embedding"):
        one_hot.encode(["1"] * 25_000)


def test_invalid_arguments_raise():
    encoder = TextEncoder.fit(BOOK_SAMPLES)
    with pytest.raises(TypeError, match=r"TextEncoder\.fit\(texts\)"):
        OneHotEncoder(BOOK_SAMPLES, 10, **RIGHT)
    with pytest.raises(TypeError, match="'padding' and 'truncation'"):
        OneHotEncoder(encoder, 10)
    with pytest.raises(ValueError, match="'post' of Keras corresponds to padding='right'"):
        OneHotEncoder(encoder, 10, padding="post", truncation="right")
    with pytest.raises(ValueError, match="`max_length`"):
        OneHotEncoder(encoder, 0, **RIGHT)


def test_vectors_that_are_not_one_hot_raise():
    encoder = TextEncoder(Vocabulary(["a"]))
    one_hot = OneHotEncoder(encoder, 2, **RIGHT)
    with pytest.raises(ValueError, match=r"\(texts, steps, 3\)"):
        one_hot.decode(np.zeros((1, 2, 4)))
    for invalid in (np.ones((1, 2, 3)), np.full((1, 2, 3), 0.3), np.full((1, 2, 3), np.nan)):
        with pytest.raises(ValueError, match="one-hot or zero"):
            one_hot.decode(invalid)
