"""Whole texts and incomplete arrays where `HashingOneHot` expects tokens."""

import warnings

import numpy as np
import pandas as pd
import pytest

from keras_seqext import HashingOneHot, Tokenizer

TEXTS = ["The cat sat", "The dog ate it"]


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS,
        tuple(TEXTS),
        [text.encode() for text in TEXTS],
        np.array(TEXTS),
        np.array(TEXTS, object),
        pd.Series(TEXTS),
        pd.DataFrame({"review": TEXTS}),
        TEXTS[0],
        ["word", *TEXTS * 9],
        [" ".join(TEXTS) * 10_000],
    ],
    ids=lambda texts: type(texts).__name__,
)
def test_texts_give_a_warning_at_the_line_of_the_call(texts):
    hashing = HashingOneHot(1000, "int")
    for call in (hashing.to_ids, hashing, hashing.measured_collisions):
        with pytest.warns(
            UserWarning, match=r"each string being one token.*Tokenizer\(\)"
        ) as caught:
            call(texts)
        assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize(
    "tokens",
    [
        "cat",
        ["the", "cat"],
        ["New York", "San Francisco"],  # a categorical feature
        [[text] for text in TEXTS],
        np.array(TEXTS)[:, None],
        Tokenizer(ngrams=3)("the cat sat on the mat"),
        [],
        np.array([], "U1"),
        np.arange(3),
        [1, 2],
        [*TEXTS, "cat"],
    ],
    ids=str,
)
def test_tokens_give_no_warning(tokens):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        HashingOneHot(1000).to_ids(tokens)


def test_matrix_of_texts_gives_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bags = HashingOneHot(1000, "count").matrix(TEXTS)
        assert bags.sum(axis=1).tolist() == [3, 4]


def test_a_table_of_texts_is_no_list_of_texts():
    table = pd.DataFrame({"text": TEXTS, "label": [0, 1]})
    with pytest.raises(TypeError, match=r"text"):
        HashingOneHot(1000, "count").matrix(table)


def test_masked_values_are_missing():
    for values in (np.array(["the", "cat"]), np.array([5, -999])):
        masked = np.ma.masked_array(values, [False, True])
        with pytest.raises(TypeError, match=r"masked array with 1 missing value.*filled"):
            HashingOneHot(10).to_ids(masked)
        np.testing.assert_array_equal(
            HashingOneHot(10).to_ids(np.ma.masked_array(values, [False, False])),
            HashingOneHot(10).to_ids(values),
        )


@pytest.mark.parametrize("tokens", [{"the", "cat"}, {"the": 1}, [{"the"}]], ids=str)
def test_containers_without_order_raise(tokens):
    for call in (HashingOneHot(10).to_ids, HashingOneHot(10).measured_collisions):
        with pytest.raises(TypeError, match="must be all strings"):
            call(tokens)
