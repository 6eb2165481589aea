"""Vectorized tokenization equals `Tokenizer` for each text."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.unit.text.texts import any_texts, imdb_reviews, tricky_texts
from keras_seqext import HashingOneHot
from keras_seqext.text.hashing.hashed_bags import hashed_bags
from keras_seqext.text.tokens.tokenizer import Tokenizer
from keras_seqext.text.tokens.vectorized_words import is_vectorizable, vectorized_words

pytestmark = pytest.mark.backend_free

tokenizers = st.builds(
    Tokenizer,
    apostrophes=st.sampled_from(["keep", "split", "drop"]),
    lower=st.booleans(),
    strip_breaks=st.booleans(),
)


def words_of_each_text(texts, tokenizer):
    words, places = vectorized_words(texts, tokenizer)
    assert places.shape == (len(words),)
    found = [[] for _ in texts]
    for place, word in zip(places.tolist(), words.tolist(), strict=True):
        found[place].append(word.decode())
    return [sorted(row) for row in found]


@settings(max_examples=600, deadline=None)
@given(st.lists(st.one_of(any_texts, tricky_texts), max_size=6), tokenizers)
@example(["a<br", "\t>b", "<br<br />>c"], Tokenizer())  # breaks across texts and within a break
@example(["é''b x'\xad'y", "'", "''\u0301b", "\ud800a'"], Tokenizer())
@example(["n't", "don't can't've 'TIS DON'T", "a\u0338' \u200c'b"], Tokenizer(apostrophes="split"))
def test_words_equal_the_tokenizer(texts, tokenizer):
    assert words_of_each_text(texts, tokenizer) == [sorted(tokenizer(text)) for text in texts]


@pytest.mark.parametrize("apostrophes", ["keep", "split", "drop"])
def test_bags_of_real_reviews_equal_the_tokenizer(real_data, apostrophes):
    texts, tokenizer = imdb_reviews(real_data, "test")[::50], Tokenizer(apostrophes=apostrophes)
    token_hash = HashingOneHot(1000).token_hash
    # A function is not a `Tokenizer`, so the path for Python strings is used.
    expected = hashed_bags(texts, lambda text: tokenizer(text), token_hash, binary=False)
    np.testing.assert_array_equal(hashed_bags(texts, tokenizer, token_hash, False), expected)
    assert expected.sum() > 100 * len(texts)


def test_only_single_words_of_tokenizer_are_vectorizable():
    class UpperCaseTokenizer(Tokenizer):
        def __call__(self, text):
            return [word.upper() for word in super().__call__(text)]

    assert is_vectorizable(Tokenizer())
    for other in (Tokenizer(level="char"), Tokenizer(ngrams=2), UpperCaseTokenizer(), str.split):
        assert not is_vectorizable(other)
    bags = [
        HashingOneHot(9, output_mode="count").matrix(["a b"], t)
        for t in (None, UpperCaseTokenizer())
    ]
    assert bags[0].tolist() != bags[1].tolist()
