"""`TextEncoder`: texts to ids and back, files and error messages."""

import pickle
import sys
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.unit.text.texts import BOOK_SAMPLES, any_texts, imdb_reviews
from keras_seqext.text.tokens.tokenizer import Tokenizer
from keras_seqext.text.vocabulary.special_ids import IMDB_IDS, TEXT_VECTORIZATION_IDS, TOKENIZER_IDS
from keras_seqext.text.vocabulary.text_encoder import TextEncoder
from keras_seqext.text.vocabulary.vocabulary import Vocabulary

pytestmark = pytest.mark.backend_free

LAYOUTS = [TEXT_VECTORIZATION_IDS, IMDB_IDS, TOKENIZER_IDS]


def test_ids_of_the_books_example():
    encoder = TextEncoder.fit(BOOK_SAMPLES, special_ids=TOKENIZER_IDS)
    assert encoder.vocabulary.tokens == (
        "the", "ate", "cat", "dog", "homework", "mat", "my", "on", "sat",
    )  # fmt: skip
    assert encoder.encode(BOOK_SAMPLES) == [[1, 3, 9, 8, 1, 6], [1, 4, 2, 7, 5]]
    assert encoder.encode(["the zebra sat"]) == [[1, 9]]


def test_start_and_oov():
    encoder = TextEncoder.fit(BOOK_SAMPLES, num_words=2, special_ids=IMDB_IDS)
    assert encoder.encode(["The dog ate", ""]) == [[1, 4, 2, 5], [1]]
    assert encoder.decode([[1, 4, 2, 5, 0, 0]]) == ["the [OOV] ate"]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(any_texts, min_size=1, max_size=4),
    st.sampled_from(["word", "char"]),
    st.sampled_from(["keep", "drop"]),
    st.sampled_from(LAYOUTS),
)
def test_encoding_decoded_ids_gives_the_same_ids(texts, level, apostrophes, special_ids):
    tokenizer = Tokenizer(level=level, apostrophes=apostrophes, strip_breaks=False)
    if not any(map(tokenizer, texts)):
        return
    encoder = TextEncoder.fit(texts, special_ids=special_ids, tokenizer=tokenizer)
    ids = encoder.encode(texts)
    assert encoder.encode(encoder.decode(ids)) == ids
    padded, _ = encoder.pad(ids, 200, padding="left", truncation="left")
    assert encoder.encode(encoder.decode(padded)) == ids


def test_decoding_joins_clitics_to_their_words():
    tokenizer = Tokenizer(apostrophes="split")
    encoder = TextEncoder.fit(["I shouldn't've, it's Tom's o'clock"], tokenizer=tokenizer)
    ids = encoder.encode(["It's Tom's; I shouldn't've"])
    assert encoder.decode(ids) == ["it's tom's i shouldn't've"]
    assert encoder.encode(encoder.decode(ids)) == ids


def test_decoding_ngrams_raises():
    encoder = TextEncoder.fit(BOOK_SAMPLES, tokenizer=Tokenizer(ngrams=2))
    (ids,) = encoder.encode(["the cat sat"])
    assert encoder.vocabulary.decode(ids) == ["the", "cat", "sat", "the cat", "cat sat"]
    with pytest.raises(ValueError, match=r"vocabulary\.decode"):
        encoder.decode([ids])


def test_texts_may_be_an_iterator_and_are_read_once():
    class Once:
        passes = 0

        def __iter__(self):
            self.passes += 1
            return iter(BOOK_SAMPLES)

    stream = Once()
    encoder = TextEncoder.fit(stream)
    assert stream.passes == 1
    assert encoder.encode(iter(BOOK_SAMPLES)) == encoder.encode(np.array(BOOK_SAMPLES))


def test_files(tmp_path):
    path = tmp_path / "encoder.json"
    encoder = TextEncoder.fit(
        BOOK_SAMPLES, num_words=4, special_ids=IMDB_IDS, tokenizer=Tokenizer("char", 2, lower=False)
    )
    encoder.save(path)
    loaded = TextEncoder.load(path)
    assert loaded == encoder == pickle.loads(pickle.dumps(encoder))
    assert hash(loaded) == hash(encoder)
    assert loaded.encode(BOOK_SAMPLES) == encoder.encode(BOOK_SAMPLES)
    assert (
        loaded.matrix(BOOK_SAMPLES, "tfidf").tolist()
        == encoder.matrix(BOOK_SAMPLES, "tfidf").tolist()
    )
    with pytest.raises(ValueError, match="is not a saved vocabulary"):
        Vocabulary.load(path)
    assert encoder != TextEncoder(encoder.vocabulary) and encoder != 3


def test_invalid_arguments_raise():
    with pytest.raises(TypeError, match=r"Vocabulary\(words\)"):
        TextEncoder(["a"])
    with pytest.raises(TypeError, match="must be a Tokenizer"):
        TextEncoder(Vocabulary(["a"]), str.split)
    with pytest.raises(ValueError, match="texts are empty"):
        TextEncoder.fit(["...", ""])


@pytest.mark.parametrize("missing", ["tensorflow", "tensorflow_text"])
def test_in_graph_encoding_without_its_packages_raises(missing, monkeypatch):
    # Python raises an ImportError for modules that are None in `sys.modules`.
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r"keras-seqext\[text\]"):
        TextEncoder(Vocabulary(["a"])).to_tensorflow()


def test_sparse_matrix_without_scipy_raises(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    with pytest.raises(ImportError, match="pip install scipy"):
        TextEncoder(Vocabulary(["a"])).matrix(["a"], sparse=True)


def test_imdb_num_words_is_exact_and_left_truncation_preserves_the_end(real_data):
    reviews = imdb_reviews(real_data, "train")
    encoder = TextEncoder.fit(reviews, num_words=10_000)
    assert len(encoder.vocabulary) == 10_000 and encoder.vocabulary.num_ids == 10_002
    assert encoder.vocabulary.tokens[:5] == ("the", "and", "a", "of", "to")
    sequences = encoder.encode(reviews)
    ids, mask = encoder.pad(sequences, 20, padding="left", truncation="left")
    assert ids.shape == (25_000, 20)
    assert ids[0].tolist() == sequences[0][-20:]
    lengths = np.array([len(sequence) for sequence in sequences])
    assert mask.sum() == np.minimum(lengths, 20).sum()
    matrix = encoder.matrix(reviews[:500], "count", sparse=True)
    assert matrix.sum() == lengths[:500].sum()


class OtherTokenizer(Tokenizer):
    def __call__(self, text):
        return super().__call__(text)[::-1]


@dataclass(frozen=True)
class TokenizerWithOption(Tokenizer):
    option: int = 1


class OtherVocabulary(Vocabulary):
    pass


@pytest.mark.parametrize(
    "encoder",
    [
        TextEncoder(Vocabulary(["a"]), OtherTokenizer()),
        TextEncoder(Vocabulary(["a"]), TokenizerWithOption()),
        TextEncoder(OtherVocabulary(["a"])),
    ],
    ids=["tokenizer", "option", "vocabulary"],
)
def test_a_subclass_is_not_replaced_by_its_base_class(encoder, tmp_path):
    for call in (lambda: encoder.save(tmp_path / "e.json"), encoder.get_config):
        with pytest.raises(TypeError, match=r"itself, not of a subclass.*vocabulary\.save\(path\)"):
            call()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TypeError, match=r"converted to TensorFlow.*Tokenize in Python"):
        encoder.to_tensorflow()


def test_a_subclass_is_created_by_its_own_methods(tmp_path):
    for tokenizer in (OtherTokenizer(ngrams=2), TokenizerWithOption(option=3)):
        assert type(tokenizer).from_config(tokenizer.get_config()) == tokenizer
    vocabulary = OtherVocabulary.fit([["a", "b"]])
    vocabulary.save(tmp_path / "v.json")
    for found in (OtherVocabulary.load(tmp_path / "v.json"), vocabulary.truncate(1)):
        assert type(found) is OtherVocabulary
    with pytest.raises(TypeError, match="option"):
        Tokenizer.from_config(TokenizerWithOption().get_config())
