"""In-graph encoding equals the Python encoder for all texts."""

import os
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings

from conformance.unit.text.texts import BOOK_SAMPLES, any_texts, imdb_reviews
from keras_seqext.text.tokens.tokenizer import Tokenizer
from keras_seqext.text.vocabulary.special_ids import IMDB_IDS, TEXT_VECTORIZATION_IDS, TOKENIZER_IDS
from keras_seqext.text.vocabulary.text_encoder import TextEncoder
from keras_seqext.text.vocabulary.vocabulary import Vocabulary

if os.environ["KERAS_BACKEND"] != "tensorflow":
    pytest.skip("in-graph encoding requires the TensorFlow backend", allow_module_level=True)
tf = pytest.importorskip("tensorflow")
pytest.importorskip("tensorflow_text", reason="requires tensorflow-text, the `text` extra")

TOKENIZERS = [
    Tokenizer(),
    Tokenizer(apostrophes="split", ngrams=(1, 2)),
    Tokenizer(apostrophes="drop", lower=False, strip_breaks=False),
    Tokenizer(level="char"),
    Tokenizer(level="char", ngrams=3, lower=False),
]


def python_ids(encoder, texts):
    return [np.asarray(ids, "int32").tolist() for ids in encoder.encode(texts)]


@pytest.mark.parametrize("special_ids", [TEXT_VECTORIZATION_IDS, IMDB_IDS, TOKENIZER_IDS])
def test_batches_and_single_texts_in_a_dataset(special_ids):
    encoder = TextEncoder.fit(BOOK_SAMPLES, num_words=5, special_ids=special_ids)
    texts = ["The zebra sat", "", "Mat!", "zebra"]
    expected = python_ids(encoder, texts)
    in_graph = encoder.to_tensorflow()
    dataset = tf.data.Dataset.from_tensor_slices(texts)
    assert [ids.numpy().tolist() for ids in dataset.map(in_graph)] == expected
    (batch,) = dataset.batch(4).map(in_graph)
    assert batch.dtype == tf.int32 and batch.to_list() == expected
    assert in_graph(texts).to_list() == expected


@settings(max_examples=100, deadline=None)
@given(any_texts)
@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
def test_tokens_of_any_text(tokenizer, text):
    from keras_seqext.text.vocabulary._tensorflow_text import graph_tokenizer

    tokens = graph_tokenizer(tokenizer)(tf.constant([text])).to_list()[0]
    assert [token.decode() for token in tokens] == tokenizer(text)


@pytest.mark.parametrize("tokenizer", [Tokenizer(apostrophes="split"), TOKENIZERS[3]], ids=repr)
def test_all_categories_of_characters_in_all_positions(tokenizer):
    from keras_seqext.text.vocabulary._tensorflow_text import graph_tokenizer

    graph = tf.function(
        graph_tokenizer(tokenizer), input_signature=[tf.TensorSpec([None], tf.string)]
    )
    # Ideographs, syllables, private and unassigned code points behave alike: every 16th is tested.
    points = [
        point
        for point in range(0x110000)
        if (kind := unicodedata.category(chr(point))) != "Cs"
        and (kind not in ("Lo", "Co", "Cn") or point % 16 == 0)
        and (point < 0x32400 or kind == "Mn" or point % 4096 == 0)
    ]
    assert len(points) > 20_000
    for start in range(0, len(points), 2048):
        characters = map(chr, points[start : start + 2048])
        texts = [f"A{c}e\u0301 {c}'{c} 'X{c}'s{c} \u1100\u1161{c}" for c in characters]
        expected = [list(map(str.encode, tokenizer(text))) for text in texts]
        assert graph(tf.constant(texts)).to_list() == expected


def test_saved_model(tmp_path):
    encoder = TextEncoder.fit(BOOK_SAMPLES, special_ids=IMDB_IDS, tokenizer=Tokenizer(ngrams=2))
    module = tf.Module()
    module.encoder = encoder.to_tensorflow()
    module.encode = tf.function(
        lambda texts: module.encoder(texts).to_tensor(),
        input_signature=[tf.TensorSpec([None], tf.string)],
    )
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    expected, _ = encoder.pad(encoder.encode(BOOK_SAMPLES), padding="right", truncation="right")
    np.testing.assert_array_equal(loaded.encode(tf.constant(BOOK_SAMPLES)).numpy(), expected)


def test_wrong_rank_raises():
    with pytest.raises(ValueError, match=r"shape \(1, 1\); flatten it first"):
        TextEncoder(Vocabulary(["a"])).to_tensorflow()([["a"]])


def test_all_of_imdb(real_data):
    reviews = imdb_reviews(real_data, "train")
    encoder = TextEncoder.fit(
        reviews, num_words=20_000, special_ids=IMDB_IDS, tokenizer=Tokenizer(apostrophes="split")
    )
    reviews += imdb_reviews(real_data, "test")
    assert len(reviews) == 50_000
    dataset = tf.data.Dataset.from_tensor_slices(reviews).batch(500).map(encoder.to_tensorflow())
    for start, batch in zip(range(0, 50_000, 500), dataset, strict=True):
        assert batch.to_list() == encoder.encode(reviews[start : start + 500])
