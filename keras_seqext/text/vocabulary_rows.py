"""Which row of an embedding belongs to which word."""

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = Mapping[str, float] | Iterable[float]


@dataclass(frozen=True)
class VocabularyRows:
    """Words and their rows.

    Args:
        words: Each once.
        rows: The row of each word, `(len(words),)`.
        num_rows: Rows in all, those of padding and other special ids included.
        counts: How often each word occurs, or None.
    """

    words: tuple[str, ...]
    rows: NDArray[np.intp]
    num_rows: int
    counts: NDArray[np.float64] | None = None


def vocabulary_rows(vocabulary: Any, counts: Counts | None = None) -> VocabularyRows:
    """Reads a list of words, a dict word -> row, or a vocabulary object.

    Args:
        vocabulary: In a list, word i has row i + 1. A mapping gives the rows
            itself; if it has `num_ids`, that is the number of rows.
        counts: How often each word occurs, as a mapping or in the order of the
            words. By default those that a vocabulary object has.
    """
    if isinstance(vocabulary, Mapping):
        words = tuple(vocabulary)
        rows = np.array([_row(word, vocabulary[word]) for word in words], np.intp)
        given = getattr(vocabulary, "num_ids", None)
    elif isinstance(vocabulary, str | bytes) or not isinstance(vocabulary, Iterable):
        raise TypeError(
            "`vocabulary` must be a list of words, a dict from word to row, or a vocabulary. "
            f"Received: {vocabulary!r} of type {type(vocabulary).__name__}."
        )
    else:
        words, given = tuple(vocabulary), None
        rows = np.arange(1, len(words) + 1)
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"`vocabulary` must hold strings. Received: {word!r} in it.")
    if not words:
        raise ValueError("`vocabulary` must hold at least one word. Received none.")
    _check_different(words, rows)
    num_rows = int(rows.max()) + 1 if given is None else int(given)
    if counts is None:
        counts = getattr(vocabulary, "counts", None)
    return VocabularyRows(words, rows, num_rows, _aligned(counts, words))


def _row(word: object, row: object) -> int:
    try:
        number = operator.index(row)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if number < 1:
        raise ValueError(
            "`vocabulary` must map each word to a row of 1 or more: row 0 is padding and stays "
            f"zero. Received: {word!r} -> {row!r}."
        )
    return number


def _check_different(words: tuple[str, ...], rows: NDArray[np.intp]) -> None:
    seen: dict[object, int] = {}
    for position, word in enumerate(words if len(set(words)) < len(words) else ()):
        if seen.setdefault(word, position) != position:
            raise ValueError(
                f"`vocabulary` must hold each word once. Received {word!r} as its words "
                f"{seen[word]} and {position}; list(dict.fromkeys(words)) removes the second."
            )
    order = np.argsort(rows, kind="stable")
    twice = np.flatnonzero(np.diff(rows[order]) == 0)
    if twice.size:
        one, other = order[twice[0]], order[twice[0] + 1]
        raise ValueError(
            "`vocabulary` must give each word a row of its own. "
            f"Received row {rows[one]} for {words[one]!r} and {words[other]!r}."
        )


def _aligned(counts: Counts | None, words: tuple[str, ...]) -> NDArray[np.float64] | None:
    if counts is None:
        return None
    if isinstance(counts, Mapping):
        aligned = np.array([counts.get(word, 0) for word in words], np.float64)
    else:
        aligned = np.array(list(counts), np.float64)
    if aligned.shape != (len(words),) or not np.all(aligned >= 0):
        raise ValueError(
            "`counts` must be a mapping from word to count, or one count of 0 or more for each "
            f"of the {len(words)} words. Received {aligned.size} counts."
        )
    return aligned
