"""Vectors and coverage of the first lines of the GloVe 6B files."""

from pathlib import Path

import numpy as np
import pytest

from keras_seqext.text.word_vectors.glove_embedding import GloVeEmbedding
from keras_seqext.text.word_vectors.reader.word_vectors import read_word_vectors

pytestmark = pytest.mark.backend_free

WORDS = (
    "the film was great but I don't won't can't it's isn't O'Clock Hollywood zzqq dogs' "
    "1984 naïve . , 's internationally"
).split()


def test_known_vector(real_data: Path) -> None:
    vectors = read_word_vectors(real_data / "glove.6B.50d.head.zip", ["the", "unk"])
    assert vectors.dimension == 50
    np.testing.assert_array_equal(
        vectors["the"][:4], np.float32([0.418, 0.24968, -0.41242, 0.1217])
    )


def test_coverage_of_the_50_dimensional_head(real_data: Path) -> None:
    counts = range(len(WORDS), 0, -1)
    glove = GloVeEmbedding(real_data / "glove.6B.50d.head.zip", WORDS, counts=counts, cache=False)
    matrix = glove.load()
    assert matrix.shape == (22, 50)
    coverage = glove.coverage
    assert coverage is not None
    assert (coverage.exact, coverage.lower_case, coverage.contractions) == (11, 3, 6)
    assert coverage.missing == ("zzqq",)
    assert coverage.by_token == (231 - 8) / 231
    assert not matrix[14].any()
    parts = read_word_vectors(real_data / "glove.6B.50d.head.zip", ["do", "n't"])
    np.testing.assert_array_equal(matrix[7], (parts["do"] + parts["n't"]) / 2)


def test_head_without_fallbacks(real_data: Path) -> None:
    glove = GloVeEmbedding(
        real_data / "glove.6B.50d.head.zip", WORDS, lower=False, contractions=False, cache=False
    )
    glove.load()
    assert glove.coverage is not None
    assert glove.coverage.found == 11


def test_apostrophes_are_missing_in_the_100_dimensional_head(real_data: Path) -> None:
    glove = GloVeEmbedding(real_data / "glove.6B.100d.head.zip", WORDS, cache=False)
    assert glove.load().shape == (22, 100)
    assert glove.coverage is not None
    assert "don't" in glove.coverage.missing
    assert "I" in glove.coverage.missing


@pytest.mark.parametrize("dimension", [50, 100])
def test_vectors_equal_numpy_loadtxt(real_data: Path, dimension: int) -> None:
    import io
    import zipfile

    path = real_data / f"glove.6B.{dimension}d.head.zip"
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0])
    lines = text.decode().splitlines()[::40]
    words = [line.split(" ", 1)[0] for line in lines]
    numbers = "\n".join(line.split(" ", 1)[1] for line in lines)
    want = np.loadtxt(io.StringIO(numbers), dtype=np.float64).astype(np.float32)
    vectors = read_word_vectors(path, words)
    assert list(vectors) == words
    np.testing.assert_array_equal(vectors.matrix, want)


def test_other_dimension_raises(real_data: Path) -> None:
    with pytest.raises(ValueError, match=r"It contains: glove\.6B\.50d\.txt"):
        read_word_vectors(real_data / "glove.6B.50d.head.zip", ["the"], dimension=100)
