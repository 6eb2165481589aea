"""Hashing, encoding and word vectors in several threads equal the serial results."""

from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np

from keras_seqext import GloVeEmbedding, HashingOneHot, TextEncoder

THREADS, TASKS = 8, 48


def run_in_threads(work):
    """Return the results of 48 calls in 8 threads, which share an object not used before."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(TASKS)))


def texts(number):
    draw = np.random.default_rng(number)
    return [[f"w{word}" for word in draw.integers(0, 400, 30)] for _ in range(20)]


def test_hashed_ids_are_the_same_in_every_thread():
    serial = [HashingOneHot(97, ngrams=2).to_ids(texts(number)) for number in range(TASKS)]
    shared = HashingOneHot(97, ngrams=2)
    for expected, found in zip(
        serial, run_in_threads(lambda n: shared.to_ids(texts(n))), strict=True
    ):
        np.testing.assert_array_equal(expected, found)


def test_texts_are_encoded_the_same_in_every_thread():
    lines = [[" ".join(words) for words in texts(number)] for number in range(TASKS)]
    encoder = TextEncoder.fit(lines[0], num_words=200)
    serial = [encoder.encode(each) for each in lines]
    fresh = TextEncoder.fit(lines[0], num_words=200)
    assert run_in_threads(lambda number: fresh.encode(lines[number])) == serial


def test_word_vectors_are_the_same_in_every_thread(tmp_path):
    path = tmp_path / "glove.txt"
    rows = np.random.default_rng(0).normal(size=(400, 6)).round(4)
    lines = (f"w{word} {' '.join(map(str, row))}\n" for word, row in enumerate(rows))
    path.write_text("".join(lines), encoding="utf-8")
    vocabulary = [f"w{word}" for word in range(0, 500, 3)]

    def matrix(_=None):
        # All threads share the file and the cache file.
        vectors = GloVeEmbedding(path, vocabulary, oov="normal", seed=1, cache=tmp_path / "cache")
        return keras.ops.convert_to_numpy(vectors((vectors.input_dim, vectors.output_dim)))

    first = matrix()
    for file in (tmp_path / "cache").iterdir():
        file.unlink()
    for found in run_in_threads(matrix):
        np.testing.assert_array_equal(found, first)
