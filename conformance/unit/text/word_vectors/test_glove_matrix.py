"""Rows of a vocabulary, forms of words and OOV fills of an embedding matrix."""

from collections import Counter, UserDict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from keras_seqext.text.vocabulary.vocabulary import Vocabulary
from keras_seqext.text.word_vectors.embedding_matrix import embedding_matrix, required_words
from keras_seqext.text.word_vectors.reader.word_vectors import WordVectors
from keras_seqext.text.word_vectors.vocabulary_rows import vocabulary_rows
from keras_seqext.text.word_vectors.word_forms import forms_of, split_contraction

pytestmark = pytest.mark.backend_free

KNOWN = {"the": [1, 2], "do": [2, 4], "n't": [4, 0], "it": [1, 1], "'s": [3, 5], "can": [0, 2]}
VECTORS = WordVectors(KNOWN, np.array(list(KNOWN.values()), np.float32))


class NumberedVocabulary(UserDict[str, int]):
    """Mapping with more ids than words and with counts, like `Vocabulary`."""

    num_ids = 7
    counts = (5, 3)


def build(vocabulary: Any, oov: str = "zeros", seed: int = 0, counts: Any = None, **forms: bool):
    options = {"lower": True, "contractions": True, **forms}
    return embedding_matrix(vocabulary_rows(vocabulary, counts), VECTORS, oov, seed, **options)


def test_rows_of_list_dict_and_object() -> None:
    matrix, known, _ = build(["the", "zzz", "it"])
    assert matrix.tolist() == [[0, 0], [1, 2], [0, 0], [1, 1]]
    assert known.tolist() == [False, True, False, True]
    assert build({"it": 3, "the": 1, "zzz": 2})[0].tolist() == matrix.tolist()
    rows = vocabulary_rows(NumberedVocabulary(the=2, it=3))
    assert (rows.num_rows, rows.rows.tolist()) == (7, [2, 3])
    assert build(NumberedVocabulary(the=2, it=3))[0][:4].tolist() == [
        [0, 0],
        [0, 0],
        [1, 2],
        [1, 1],
    ]
    assert build(iter(["the"]))[0].shape == (2, 2)
    assert build({"the": np.int64(4)})[0].shape == (5, 2)


@pytest.mark.parametrize(
    ("words", "rows", "num_rows"),
    [
        (["", "[UNK]", "the", "it"], [2, 3], 4),  # TextVectorization
        (["[UNK]", "the", "it"], [1, 2], 3),  # StringLookup
        (["", "[UNK]", "[UNK]", "the", "it"], [3, 4], 5),  # with num_oov_indices=2
        (np.array(["", "[UNK]", "the", "it"]), [2, 3], 4),
        (pd.Series(["", "[UNK]", "the", "it"]), [2, 3], 4),
        ({"": 0, "[UNK]": 1, "the": 2, "it": 3}, [2, 3], 4),
        ({"[PAD]": 0, "it": 3, "the": 1}, [3, 1], 4),
        (["the", "[UNK]", "it"], [1, 2, 3], 4),  # not the list of a layer
        ({"the": 1, "it": 2}.keys(), [1, 2], 3),
    ],
    ids=str,
)
def test_rows_of_the_vocabulary_of_a_keras_layer(
    words: Any, rows: list[int], num_rows: int
) -> None:
    found = vocabulary_rows(words)
    assert (found.rows.tolist(), found.num_rows) == (rows, num_rows)
    matrix, _, coverage = build(words)
    assert matrix[rows[0]].tolist() == KNOWN[found.words[0]]
    assert coverage.words == len(rows)


def test_rows_are_where_the_ids_of_text_vectorization_point() -> None:
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    layer = keras.layers.TextVectorization()
    layer.adapt(["the it the can"])
    matrix, known, _ = build(layer.get_vocabulary())
    ids = np.asarray(layer(["the zzz can"]))[0]
    assert matrix[ids].tolist() == [KNOWN["the"], [0, 0], KNOWN["can"]]
    assert known[ids].tolist() == [True, False, True]


def test_counts_follow_the_words() -> None:
    frequencies = pd.Series(["it", "it", "the"]).value_counts()
    assert build(["the", "zzz", "it"], counts=frequencies)[2].tokens == 3
    assert vocabulary_rows(["the", "it"], frequencies).counts.tolist() == [1, 2]
    assert vocabulary_rows(["the", "it"], pd.Series([1, 2])).counts.tolist() == [1, 2]
    assert vocabulary_rows(["", "[UNK]", "the"], [0, 7, 2]).counts.tolist() == [2]


def test_rows_of_vocabulary_class() -> None:
    vocabulary = Vocabulary.fit([["the", "don't", "zzz", "the"]])
    rows = vocabulary_rows(vocabulary)
    assert rows.num_rows == vocabulary.num_ids == 5
    matrix, _, coverage = build(vocabulary)
    assert matrix[vocabulary["the"]].tolist() == [1, 2]
    assert matrix[vocabulary["don't"]].tolist() == [3, 2]
    assert not matrix[[0, 1, vocabulary["zzz"]]].any()
    assert coverage.by_token == 3 / 4


@pytest.mark.parametrize(
    ("vocabulary", "error", "message"),
    [
        ("the", TypeError, "must be a list of words, a dict"),
        (3, TypeError, "must be a list of words, a dict"),
        (["a", 3], TypeError, "must contain strings only. Received: 3"),
        ([["a"]], TypeError, r"must contain strings only. Received: \['a'\]"),
        ([], ValueError, "at least one word"),
        ({}, ValueError, "at least one word"),
        (["a", "b", "a"], ValueError, "'a' as its words 0 and 2"),
        ({"a": 0}, ValueError, "row 0 is padding.*'a' -> 0"),
        ({"a": -1}, ValueError, "row of 1 or more"),
        ({"a": 1.5}, ValueError, "row of 1 or more"),
        ({"a": 1, "b": 2, "c": 1}, ValueError, "row 1 for 'a' and 'c'"),
        ({"the": 0, "": 1}, ValueError, "row 0 is padding.*'the' -> 0"),
        ({"the", "it"}, TypeError, "The order of a set differs in every process"),
        (frozenset({"the"}), TypeError, r"Pass e.g. sorted\(vocabulary\)"),
        (Counter(["the"]), TypeError, "A Counter holds counts, not rows"),
        (["<pad>", "the"], ValueError, r"'<pad>' as the first word.*enumerate\(words\)"),
        (["", "[UNK]"], ValueError, "at least one word"),
    ],
)
def test_vocabulary_errors(vocabulary: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        vocabulary_rows(vocabulary)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("don't", ("do", "n't")),
        ("DON'T", ("DO", "N'T")),
        ("it\N{RIGHT SINGLE QUOTATION MARK}s", ("it", "'s")),
        ("can't", ("can", "n't")),
        ("won't", ("will", "n't")),
        ("they'll've", ("they", "'ll", "'ve")),
        ("shouldn't've", ("should", "n't", "'ve")),
        ("dogs'", ("dogs", "'")),
        ("o'clock", ("o'clock",)),
        ("rock'n'roll", ("rock'n'roll",)),
        ("n't", ("n't",)),
        ("'s", ("'s",)),
        ("'", ("'",)),
        ("the", ("the",)),
        ("", ("",)),
    ],
)
def test_contractions(word: str, parts: tuple[str, ...]) -> None:
    assert split_contraction(word) == parts


def test_forms_are_ordered_best_first() -> None:
    assert forms_of("It's", True, True) == [
        ("exact", ("It's",)),
        ("lower_case", ("it's",)),
        ("contractions", ("It", "'s")),
        ("contractions", ("it", "'s")),
    ]
    assert forms_of("It's", False, False) == [("exact", ("It's",))]
    assert forms_of("It's", False, True)[1:] == [("contractions", ("It", "'s"))]
    rows = vocabulary_rows(["The", "don't"])
    assert required_words(rows, True, True) == ["The", "don't", "the", "do", "n't"]


def test_fallbacks_and_coverage() -> None:
    words = ["the", "The", "don't", "IT'S", "zzz", "doesn't", "Can't"]
    matrix, _, coverage = build(words, counts=[100, 10, 5, 4, 7, 8, 2])
    assert matrix[1:].tolist() == [[1, 2], [1, 2], [3, 2], [2, 3], [0, 0], [0, 0], [2, 1]]
    assert (coverage.exact, coverage.lower_case, coverage.contractions) == (1, 1, 3)
    assert (coverage.found, coverage.words) == (5, 7)
    assert coverage.by_type == 5 / 7
    assert coverage.by_token == 121 / 136
    assert coverage.missing == ("doesn't", "zzz")
    assert repr(coverage).splitlines() == [
        "5 of 7 words have a vector (71.4 %): 1 exact, 1 in lower case, 3 contractions",
        "121 of 136 tokens (89.0 %)",
        "most frequent of 2 missing: \"doesn't\", 'zzz'",
    ]
    _, _, strict = build(words, lower=False, contractions=False)
    assert (strict.found, strict.by_token) == (1, None)
    assert strict.missing == ("The", "don't", "IT'S", "zzz", "doesn't", "Can't")


def test_counts() -> None:
    assert build(["the", "zzz"], counts={"the": 3, "other": 9})[2].by_token == 1.0
    assert build(NumberedVocabulary(the=2, zzz=3))[2].by_token == 5 / 8
    assert build(NumberedVocabulary(the=2, zzz=3), counts=[1, 1])[2].by_token == 0.5
    assert build(["zzz", "the"], counts=[0, 0])[2].by_token == 0.0
    for counts in ([1], [1, -1], [1, np.nan]):
        with pytest.raises(ValueError, match="one count of 0 or more for each of the 2 words"):
            build(["the", "zzz"], counts=counts)


def test_missing_words_are_limited_to_the_most_frequent() -> None:
    words = ["the", *(f"z{n}" for n in range(50))]
    coverage = build(words, counts=range(51))[2]
    assert coverage.missing == tuple(f"z{n}" for n in range(49, 29, -1))
    assert "50 missing" in repr(coverage)


def test_oov_fills() -> None:
    words = ["the", "zzz", "do", "yyy"]
    for oov in ("zeros", "mean", "normal"):
        matrix, _, _ = build(words, oov)
        assert matrix.dtype == np.float32
        assert matrix[[0, 1, 3]].tolist() == [[0, 0], [1, 2], [2, 4]]
    assert build(words)[0][[2, 4]].tolist() == [[0, 0], [0, 0]]
    assert build(words, "mean")[0][[2, 4]].tolist() == [[1.5, 3], [1.5, 3]]
    noise = np.random.default_rng(7).standard_normal((2, 2))
    want = np.array([1.5, 3]) + noise * np.array([0.5, 1])
    np.testing.assert_array_equal(build(words, "normal", 7)[0][[2, 4]], want.astype(np.float32))
    assert (build(words, "normal", 8)[0] != build(words, "normal", 7)[0]).any()


def test_ids_without_a_word_have_the_oov_fill() -> None:
    matrix, known, _ = build(NumberedVocabulary(the=2, do=3), "mean")
    assert known.tolist() == [False, False, True, True, False, False, False]
    assert matrix.tolist() == [[0, 0], [1.5, 3], [1, 2], [2, 4], *[[1.5, 3]] * 3]
