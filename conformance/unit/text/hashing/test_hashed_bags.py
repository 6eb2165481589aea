"""Bags of whole texts: each row equals the bins of the words of its text."""

import numpy as np
import pytest

from keras_seqext import HashingOneHot, Tokenizer

TEXTS = ["The cat, the cat.", "", "Don't! <br /> Été à Paris", "a " * 500]


@pytest.mark.parametrize("mode", ["multi_hot", "count"])
@pytest.mark.parametrize("options", [{}, {"salt": 3}, {"mask_value": "the"}])
def test_each_row_counts_the_bins_of_its_words(mode, options):
    hashing = HashingOneHot(50, output_mode=mode, **options)
    found = hashing.matrix(TEXTS * 700)  # more than one block
    assert found.shape == (2800, 50) and found.dtype == np.float32
    for row, text in zip(found, TEXTS, strict=False):
        expected = np.zeros(50)
        words = Tokenizer()(text)
        for bin_ in hashing.to_ids(words) if words else []:
            expected[bin_] = 1 if mode == "multi_hot" else expected[bin_] + 1
        np.testing.assert_array_equal(row, expected)
    np.testing.assert_array_equal(found[:4], found[-4:])


def test_ngrams_are_those_of_the_tokenizer():
    hashing = HashingOneHot(1000, output_mode="count")
    found = hashing.matrix(["the cat sat"], Tokenizer(ngrams=2))
    expected = HashingOneHot(1000, output_mode="int", ngrams=2).to_ids([["the", "cat", "sat"]])
    np.testing.assert_array_equal(np.flatnonzero(found[0]), np.sort(expected[0]))


@pytest.mark.parametrize("options", [{}, {"mask_value": "the"}])
def test_ngrams_of_the_layer(options):
    hashing = HashingOneHot(50, output_mode="count", ngrams=3, **options)
    bins = HashingOneHot(50, output_mode="int", ngrams=3, **options)
    texts = ["The cat, the cat.", "", "It's the dog!"]
    for row, text in zip(hashing.matrix(texts), texts, strict=True):
        expected = np.bincount(bins.to_ids([Tokenizer()(text)])[0], minlength=50)
        np.testing.assert_array_equal(row, expected)


def test_invalid_arguments_raise():
    with pytest.raises(ValueError, match="requires output_mode 'multi_hot' or 'count'.*'one_hot'"):
        HashingOneHot(4).matrix(["a"])
    with pytest.raises(ValueError, match="n-grams of n-grams"):
        HashingOneHot(4, output_mode="count", ngrams=2).matrix(["a"], Tokenizer(ngrams=2))
    with pytest.raises(TypeError, match="iterable of strings"):
        HashingOneHot(4, output_mode="count").matrix("a text")
    with pytest.raises(ValueError, match="Use fewer bins, or convert the texts in batches"):
        HashingOneHot(2**30, output_mode="count").matrix(["a", "b"])
