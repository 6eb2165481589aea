"""Embedding matrix of a vocabulary from word vectors."""

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
"""Standard deviation of the `"normal"` fill without word vectors to estimate it from."""


def required_words(vocabulary: VocabularyRows, lower: bool, contractions: bool) -> list[str]:
    """Return the distinct words whose vectors may be required, including other forms."""
    required = dict.fromkeys(vocabulary.words)
    for word in vocabulary.words:
        # Most words have no other form; this test is faster than `forms_of`.
        if word == word.lower() and not has_apostrophe(word):
            continue
        for _, words in forms_of(word, lower, contractions)[1:]:
            required.update(dict.fromkeys(words))
    return list(required)


def embedding_matrix(
    vocabulary: VocabularyRows,
    vectors: WordVectors,
    oov: OovFill,
    seed: int,
    lower: bool,
    contractions: bool,
) -> tuple[Matrix, NDArray[np.bool_], Coverage]:
    """Build the embedding matrix of a vocabulary.

    Returns:
        The matrix `(num_rows, dimension)`, whose row 0 is zero; a mask `(num_rows,)` of
        the rows with a word vector; and the coverage of the vocabulary.
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
        skipped_lines=vectors.skipped_lines,
    )
    return with_rows(matrix, known, vocabulary.num_rows, oov, seed), known, coverage


def with_rows(
    matrix: Matrix, known: NDArray[np.bool_], num_rows: int, oov: OovFill, seed: int
) -> Matrix:
    """Return the matrix with `num_rows` rows, with the OOV fill in rows without a vector.

    Row 0 is zero. `"mean"` is the mean of the known rows. `"normal"` is drawn from a
    normal distribution with the mean and standard deviation of the known rows in each
    dimension.
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
        # NumPy's generator, so that the rows are the same on every backend.
        noise = np.random.default_rng(seed).standard_normal((int(others.sum()), columns))
        mean = mean + noise * deviation
    filled[others] = mean
    return filled
