"""From word vectors to the rows of an embedding, known words and others."""

from collections import Counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from keras_seqext.text.word_vectors.reader.word_vectors import WordVectors

from .coverage import Coverage, most_frequent
from .vocabulary_rows import VocabularyRows
from .word_forms import CONTRACTION, EXACT, LOWER_CASE, forms_of, has_apostrophe, vector_of

Matrix = NDArray[np.float32]
OovFill = Literal["zeros", "mean", "normal"]

OOV_FILLS = ("zeros", "mean", "normal")
UNFITTED_DEVIATION = 0.05
"""Spread of the `"normal"` fill where no vectors are at hand to take it from."""


def wanted_words(vocabulary: VocabularyRows, lower: bool, contractions: bool) -> list[str]:
    """All words whose vector may be needed, each once."""
    wanted = dict.fromkeys(vocabulary.words)
    for word in vocabulary.words:
        if word == word.lower() and not has_apostrophe(word):
            continue
        for _, words in forms_of(word, lower, contractions)[1:]:
            wanted.update(dict.fromkeys(words))
    return list(wanted)


def embedding_matrix(
    vocabulary: VocabularyRows,
    vectors: WordVectors,
    oov: OovFill,
    seed: int,
    lower: bool,
    contractions: bool,
) -> tuple[Matrix, NDArray[np.bool_], Coverage]:
    """The matrix, which rows of it have a vector, and how many words that are.

    Returns:
        `(num_rows, dimension)` and `(num_rows,)`; row 0 is zero.
    """
    matrix = np.zeros((vocabulary.num_rows, vectors.dimension), np.float32)
    places = np.array([vectors.rows.get(word, -1) for word in vocabulary.words], np.intp)
    found = places >= 0
    matrix[vocabulary.rows[found]] = vectors.matrix[places[found]]
    kinds = Counter({EXACT: int(found.sum())})
    for place in np.flatnonzero(~found).tolist():
        forms = forms_of(vocabulary.words[place], lower, contractions)
        kind, vector = vector_of(forms, vectors.get)
        if vector is not None:
            matrix[vocabulary.rows[place]] = vector
            found[place] = True
            kinds[kind] += 1
    known = np.zeros(vocabulary.num_rows, np.bool_)
    known[vocabulary.rows[found]] = True
    counts = vocabulary.counts
    coverage = Coverage(
        words=len(vocabulary.words),
        exact=kinds[EXACT],
        lower_case=kinds[LOWER_CASE],
        contractions=kinds[CONTRACTION],
        tokens=None if counts is None else float(counts.sum()),
        tokens_found=None if counts is None else float(counts[found].sum()),
        missing=most_frequent(vocabulary.words, np.flatnonzero(~found), counts),
    )
    return with_rows(matrix, known, vocabulary.num_rows, oov, seed), known, coverage


def with_rows(
    matrix: Matrix, known: NDArray[np.bool_], num_rows: int, oov: OovFill, seed: int
) -> Matrix:
    """The matrix with `num_rows` rows; all but row 0 and the known ones get the OOV fill.

    `"mean"` is the mean of the known rows; `"normal"` is drawn with the mean and
    the standard deviation that they have in each dimension.
    """
    columns = matrix.shape[1]
    filled = np.zeros((num_rows, columns), np.float32)
    filled[: len(matrix)][known] = matrix[known]
    others = np.ones(num_rows, np.bool_)
    others[: len(known)] = ~known
    others[:1] = False
    if oov == "zeros":
        return filled
    if known.any():
        mean = matrix[known].mean(axis=0, dtype=np.float64)
        deviation = matrix[known].std(axis=0, dtype=np.float64)
    else:
        mean, deviation = np.zeros(columns), np.full(columns, UNFITTED_DEVIATION)
    if oov == "normal":
        # NumPy's generator, so that all backends get the same rows.
        noise = np.random.default_rng(seed).standard_normal((int(others.sum()), columns))
        mean = mean + noise * deviation
    filled[others] = mean
    return filled
