"""Benchmarks of loading the vectors of 10,000 words from a GloVe file of 400,000."""

import os

import numpy as np
import pytest

from conformance.benchmarks.measure.memory import peak_above_start
from conformance.benchmarks.measure.peers import peer
from conformance.benchmarks.measure.series_text import glove_words, write_glove
from conformance.benchmarks.pages.claims import Bound, Claim, Peer
from keras_seqext.text.word_vectors.reader.word_vectors import read_word_vectors

# gensim does not close its file, which raises a ResourceWarning.
IGNORE_UNCLOSED = "ignore::pytest.PytestUnraisableExceptionWarning"
pytestmark = [pytest.mark.backend_free, pytest.mark.filterwarnings(IGNORE_UNCLOSED)]

WORDS, WANTED, DIMENSION, SMALLER = 400_000, 10_000, 100, 10


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return the file, a file with a tenth of it for slow peers, and the words to load."""
    folder = tmp_path_factory.mktemp("glove")
    words = glove_words(WORDS)
    path = write_glove(folder / "glove.6B.100d.txt", words, DIMENSION)
    tenth = write_glove(folder / "tenth.100d.txt", words[: WORDS // SMALLER], DIMENSION)
    places = np.random.default_rng(1).choice(WORDS, WANTED, replace=False)
    # Including the last word, so that the whole file has to be read.
    wanted = [words[place] for place in np.append(places[1:], WORDS - 1)]
    return path, tenth, wanted


def test_wanted_words_of_glove(compare, files):
    path, tenth, wanted = files
    prepare = (
        "from keras_seqext.text.word_vectors.reader.word_vectors import read_word_vectors\n"
        f"path, wanted = {str(path)!r}, {wanted!r}"
    )
    peak = peak_above_start(prepare, "read_word_vectors(path, wanted)")
    rows = {word: row for row, word in enumerate(wanted)}
    compare(
        Claim(
            "glove",
            "10,000 words from a GloVe file of 400,000 x 100",
            "files/s",
            bytes=path.stat().st_size,
            bounds=[Bound("peak anonymous memory above the start", peak, 100, "MB")],
            note="The chapter's loop and gensim read a tenth of the file; their times are scaled "
            "up by ten.",
        ),
        lambda: read_word_vectors(path, wanted),
        [
            Peer("reading the bytes", lambda: read_bytes(path), 0.6, is_limit=True),
            Peer("the chapter's loop", lambda: chapter_loop(tenth, rows), 12, work=1 / SMALLER),
            peer("gensim", "gensim", lambda: gensim_reader(tenth, rows), 40, work=1 / SMALLER),
            peer("polars", "polars", lambda: polars_reader(path, wanted), 3),
        ],
        rounds=5,
    )


def test_wanted_words_from_the_disk(compare, files):
    path, _, wanted = files

    def drop_from_page_cache():
        """Make the system read the file from the disk again, as in a first load."""
        with open(path, "rb") as stream:
            os.fsync(stream.fileno())
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    compare(
        Claim(
            "glove-disk",
            "10,000 words from a GloVe file that is not in the page cache",
            "files/s",
            bytes=path.stat().st_size,
        ),
        lambda: read_word_vectors(path, wanted),
        [Peer("reading the bytes", lambda: read_bytes(path), 0.6, is_limit=True)],
        rounds=5,
        before=drop_from_page_cache,
    )


def test_second_load_comes_from_the_cache(compare, files, tmp_path):
    path, _, wanted = files
    compare(
        Claim(
            "glove-cache", "Second load of 10,000 words from the cache of this package", "loads/s"
        ),
        lambda: read_word_vectors(path, wanted, cache=tmp_path),
        [Peer("the first load", lambda: read_word_vectors(path, wanted), 10)],
        rounds=5,
    )


def read_bytes(path):
    buffer = bytearray(1 << 20)
    with open(path, "rb", buffering=0) as stream:
        while stream.readinto(buffer):
            pass


def chapter_loop(path, rows):
    """Load the vectors like Chollet, *Deep Learning with Python* (2017), chapter 6."""
    index = {}
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            values = line.split()
            index[values[0]] = np.asarray(values[1:], dtype="float32")
    matrix = np.zeros((len(rows), DIMENSION))
    for word, row in rows.items():
        vector = index.get(word)
        if vector is not None:
            matrix[row] = vector
    return matrix


def gensim_reader(path, rows):
    from gensim.models import KeyedVectors

    def run():
        vectors = KeyedVectors.load_word2vec_format(path, no_header=True)
        return {word: vectors[word] for word in rows if word in vectors}

    return run


def polars_reader(path, wanted):
    import polars

    names = ["word", *map(str, range(DIMENSION))]
    types = {name: polars.Float32 for name in names[1:]}
    words = polars.Series(wanted)

    def run():
        table = polars.read_csv(
            path,
            separator=" ",
            has_header=False,
            quote_char=None,
            new_columns=names,
            schema_overrides=types,
        )
        found = table.filter(polars.col("word").is_in(words.implode()))
        return found["word"].to_list(), found.select(names[1:]).to_numpy()

    return run
