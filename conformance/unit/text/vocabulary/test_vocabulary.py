"""`Vocabulary`: ids, ties, limits, files and errors."""

import json
import pickle
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.unit.text.texts import words
from keras_seqext.text.vocabulary.special_ids import (
    IMDB_IDS,
    TEXT_VECTORIZATION_IDS,
    TOKENIZER_IDS,
)
from keras_seqext.text.vocabulary.vocabulary import Vocabulary

pytestmark = pytest.mark.backend_free

documents = st.lists(st.lists(words, max_size=6), min_size=1, max_size=6).filter(any)
layouts = st.sampled_from([TEXT_VECTORIZATION_IDS, IMDB_IDS, TOKENIZER_IDS])


@given(documents, st.integers(1, 8), layouts)
def test_fit_retains_exactly_the_most_frequent_words(documents, num_words, special_ids):
    vocabulary = Vocabulary.fit(iter(documents), num_words=num_words, special_ids=special_ids)
    counted = Counter(word for document in documents for word in document)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:num_words]
    assert vocabulary.tokens == tuple(word for word, _ in ranked)
    assert vocabulary.counts == tuple(count for _, count in ranked)
    assert len(vocabulary) == min(num_words, len(counted))
    assert vocabulary.num_documents == len(documents)
    assert vocabulary.document_counts == tuple(
        sum(word in document for document in documents) for word in vocabulary.tokens
    )
    ids = [vocabulary[word] for word in vocabulary]
    assert ids == list(range(special_ids.first_word, vocabulary.num_ids))


@given(documents, st.randoms())
def test_order_of_documents_does_not_matter(documents, random):
    shuffled = [random.sample(document, len(document)) for document in documents]
    random.shuffle(shuffled)
    first, second = Vocabulary.fit(documents), Vocabulary.fit(shuffled)
    assert first == second and first.fingerprint == second.fingerprint


@given(documents, layouts, st.lists(words, max_size=8))
def test_decode_is_the_inverse_of_encode(documents, special_ids, tokens):
    vocabulary = Vocabulary.fit(documents, special_ids=special_ids)
    expected = [w if w in vocabulary else "[OOV]" for w in tokens]
    if special_ids.oov is None:
        expected = [w for w in tokens if w in vocabulary]
    assert vocabulary.decode(vocabulary.encode(tokens)) == expected


def test_min_count_and_truncate():
    vocabulary = Vocabulary.fit([["a", "a", "b", "b", "c"]], min_count=2)
    assert vocabulary.tokens == ("a", "b")
    assert vocabulary.truncate(1) == Vocabulary.fit([["a", "a", "b", "b", "c"]], num_words=1)
    assert Vocabulary(["a", "b"]).truncate(1).counts is None


def test_imdb_ids_equal_keras():
    # load_data(num_words=10, index_from=3): rank r becomes id r + 3, ids of 10 or more are OOV.
    word_index = {f"w{rank}": rank for rank in range(1, 30)}
    vocabulary = Vocabulary.from_word_index(word_index, num_words=10 - 1 - 3)
    assert vocabulary.num_ids == 10
    keras = [rank + 3 if rank + 3 < 10 else 2 for rank in word_index.values()]
    assert vocabulary.encode(list(word_index)) == keras
    assert vocabulary.decode([0, 1, 4, 2]) == ["w1", "[OOV]"]


def test_mapping():
    vocabulary = Vocabulary(["the", "cat"])
    assert dict(vocabulary) == {"the": 2, "cat": 3} == vocabulary
    assert "cat" in vocabulary and "[OOV]" not in vocabulary and 2 not in vocabulary
    assert vocabulary.get("dog") is None
    with pytest.raises(KeyError):
        vocabulary["dog"]
    with pytest.raises(TypeError):
        vocabulary["dog"] = 4
    with pytest.raises(AttributeError):
        vocabulary.tokens = ()
    assert repr(vocabulary).startswith("<Vocabulary of 2 words, num_ids=4: ")


def test_fingerprint_depends_on_the_ids_and_is_stable():
    vocabulary = Vocabulary(["the", "영화"])
    assert vocabulary.fingerprint == Vocabulary(["the", "영화"], counts=[2, 1]).fingerprint
    assert vocabulary != Vocabulary(["the", "영화"], counts=[2, 1])
    others = [Vocabulary(["영화", "the"]), Vocabulary(["the", "영화"], special_ids=IMDB_IDS)]
    assert len({vocabulary, Vocabulary(["the", "영화"]), *others}) == 3
    assert vocabulary.fingerprint == (
        "d943654c1193f3d93511c26a73b5698eddbce2739f95e58b0512be40af5b7dcf"
    )


def test_files(tmp_path):
    path = tmp_path / "vocabulary.json"
    for vocabulary in (
        Vocabulary.fit([["b", "영화", "b"]]),
        Vocabulary(["x"], special_ids=IMDB_IDS),
    ):
        vocabulary.save(path)
        assert Vocabulary.load(path) == vocabulary
        assert pickle.loads(pickle.dumps(vocabulary)) == vocabulary
    assert [file.name for file in tmp_path.iterdir()] == ["vocabulary.json"]


def test_failed_save_preserves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "vocabulary.json"
    Vocabulary(["old"]).save(path)

    def broken_fsync(_):
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", broken_fsync)
    with pytest.raises(OSError, match="disk full"):
        Vocabulary(["new"]).save(path)
    assert Vocabulary.load(path).tokens == ("old",)
    assert [file.name for file in tmp_path.iterdir()] == ["vocabulary.json"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("format"), "is not a saved vocabulary"),
        (lambda state: state.update(format="keras_seqext.text_encoder"), "is not a saved"),
        (lambda state: state.update(version=2), "reads versions 1 to 1"),
        (lambda state: state.update(version="1"), "reads versions 1 to 1"),
        (lambda state: state.pop("special_ids"), "'special_ids' is missing"),
        (lambda state: state.pop("tokens"), "damaged: .*tokens"),
        (lambda state: state.update(tokens=["a", "a"]), "'a' more than once"),
        (lambda state: state.update(tokens="ab"), "list of words"),
        (lambda state: state.update(counts=[1, 2, 3]), "for each of the 2 tokens"),
        (lambda state: state.update(surprise=1), "damaged: .*surprise"),
        (lambda state: state["special_ids"].update(first_word=1), "`first_word` must be above"),
    ],
)
def test_damaged_files_raise(tmp_path, change, message):
    path = tmp_path / "vocabulary.json"
    Vocabulary(["a", "b"]).save(path)
    state = json.loads(path.read_text("utf-8"))
    change(state)
    path.write_text(json.dumps(state), "utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        Vocabulary.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b'{"format": "keras_seq', b"\xff\xfe", b"[]", b"3"])
def test_other_files_raise(tmp_path, content):
    path = tmp_path / "vocabulary.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a JSON file|is not a saved vocabulary"):
        Vocabulary.load(path)


@pytest.mark.parametrize("ids", [[-1], [6], [3], [4, 99]])
def test_unused_ids_raise(ids):
    with pytest.raises(ValueError, match=f"Received: {ids[-1]} at index {len(ids) - 1}"):
        Vocabulary(["a", "b"], special_ids=IMDB_IDS).decode(ids)


def test_lists_of_keras_begin_with_padding_and_oov():
    vocabulary = Vocabulary(["", "[UNK]", "the", "cat"])
    assert dict(vocabulary) == {"the": 2, "cat": 3}
    assert vocabulary.encode(["cat", "[UNK]", "dog"]) == [3, 1, 1]
    assert Vocabulary.from_config(vocabulary.get_config()) == vocabulary
    without_oov = Vocabulary(["", "the", "cat"], special_ids=TOKENIZER_IDS)
    assert dict(without_oov) == {"the": 1, "cat": 2}
    # Counted tokens are words, whatever their names are.
    assert Vocabulary.fit([["", "", "", "[UNK]", "[UNK]", "a"]])["a"] == 4


def test_oov_token_of_a_word_index():
    word_index = {"<OOV>": 1, "the": 2, "cat": 3}
    vocabulary = Vocabulary.from_word_index(word_index, oov_token="<OOV>")
    assert dict(vocabulary) == {"the": 2, "cat": 3} and vocabulary.encode(["dog"]) == [1]
    imdb = Vocabulary.from_word_index(word_index, oov_token="<OOV>", special_ids=IMDB_IDS)
    assert dict(imdb) == {"the": 4, "cat": 5} and imdb.encode(["dog"]) == [2]
    plain = Vocabulary.from_word_index({"the": 1, "cat": 2}, special_ids=TOKENIZER_IDS)
    assert dict(plain) == {"the": 1, "cat": 2}
