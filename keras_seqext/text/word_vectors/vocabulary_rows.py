"""Rows of an embedding for the words of a vocabulary."""

import operator
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.validation import format_value, wrong_type, wrong_value
from keras_seqext.text.tokens.containers import is_unordered
from keras_seqext.text.tokens.validation import check_no_table, check_ordered

from .special_tokens import is_special, num_special

Counts: TypeAlias = Mapping[str, float] | Iterable[float]


@dataclass(frozen=True)
class VocabularyRows:
    """Words and their rows.

    Args:
        words: Distinct words.
        rows: Row of each word, `(len(words),)`.
        num_rows: Total number of rows, including padding and other special ids.
        counts: Number of occurrences of each word, or None.
    """

    words: tuple[str, ...]
    rows: NDArray[np.intp]
    num_rows: int
    counts: NDArray[np.float64] | None = None


def vocabulary_rows(vocabulary: Any, counts: Counts | None = None) -> VocabularyRows:
    """Assign a row to each word of a list, a mapping or a vocabulary object.

    Args:
        vocabulary: A list, in which word i has row i + 1; the list of a Keras layer, which
            begins with `""` or `"[UNK]"` and in which word i has row i; or a mapping from
            word to row. The attribute `num_ids` of a mapping is the number of rows.
        counts: Number of occurrences of each word, as a mapping or in the order of the
            entries of `vocabulary`. By default, the attribute `counts` of a vocabulary
            object.
    """
    entries = _entries(vocabulary)
    for word in entries:
        if not isinstance(word, str):
            raise TypeError(
                f"`vocabulary` must contain strings only. Received: {format_value(word)} in it. "
                "Convert each word to a `str`."
            )
    if isinstance(vocabulary, Mapping):
        special = np.array([is_special(word, vocabulary) for word in entries], np.bool_)
        rows = np.array(
            [
                0 if skip else _row(word, vocabulary[word])
                for word, skip in zip(entries, special.tolist(), strict=True)
            ],
            np.intp,
        )
    else:
        first = num_special(entries)
        special = np.arange(len(entries)) < first
        rows = np.arange(len(entries)) + (0 if first else 1)
    places = np.flatnonzero(~special)
    words = tuple(entries[place] for place in places.tolist())
    if not words:
        raise ValueError(
            "`vocabulary` must contain at least one word. Received none. Check whether the "
            "iterator was read before."
        )
    _check_distinct(words, rows[places])
    given = getattr(vocabulary, "num_ids", None) if isinstance(vocabulary, Mapping) else None
    num_rows = int(rows.max()) + 1 if given is None else int(given)
    if counts is None:
        counts = getattr(vocabulary, "counts", None)
    aligned = _aligned(counts, entries)
    return VocabularyRows(
        words, rows[places], num_rows, None if aligned is None else aligned[places]
    )


def _entries(vocabulary: Any) -> tuple[Any, ...]:
    """Return the words of a vocabulary with its special tokens."""
    expected = "a list of words, a dict from word to row, or a vocabulary"
    check_no_table("vocabulary", vocabulary, "a list of words")
    check_ordered("vocabulary", vocabulary, "a list of words")
    if isinstance(vocabulary, Counter):
        remedy = "A Counter holds counts, not rows: pass list(counter), and `counts`=counter."
        raise wrong_type("vocabulary", vocabulary, expected, remedy)
    if isinstance(vocabulary, str | bytes) or not isinstance(vocabulary, Iterable):
        of_layer = hasattr(vocabulary, "get_vocabulary")
        remedy = "Pass layer.get_vocabulary()." if of_layer else "Put one word in a list, [word]."
        raise wrong_type("vocabulary", vocabulary, expected, remedy)
    return tuple(vocabulary)


def _row(word: object, row: object) -> int:
    try:
        number = operator.index(row)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if number < 1:
        raise ValueError(
            "`vocabulary` must map each word to a row of 1 or more: row 0 is padding and is always "
            f"zero. Received: {word!r} -> {row!r}. Pass rows from 1, or a list of words."
        )
    return number


def _check_distinct(words: tuple[str, ...], rows: NDArray[np.intp]) -> None:
    seen: dict[object, int] = {}
    for position, word in enumerate(words if len(set(words)) < len(words) else ()):
        if seen.setdefault(word, position) != position:
            raise ValueError(
                f"`vocabulary` must contain distinct words. Received {word!r} as its words "
                f"{seen[word]} and {position}; list(dict.fromkeys(words)) removes duplicates."
            )
    order = np.argsort(rows, kind="stable")
    duplicates = np.flatnonzero(np.diff(rows[order]) == 0)
    if duplicates.size:
        first, second = order[duplicates[0]], order[duplicates[0] + 1]
        raise ValueError(
            "`vocabulary` must map words to distinct rows. "
            f"Received row {rows[first]} for {words[first]!r} and {words[second]!r}. Pass a list "
            "of words, which are numbered automatically."
        )


def _aligned(counts: Any, words: tuple[str, ...]) -> NDArray[np.float64] | None:
    if counts is None:
        return None
    expected = (
        "a mapping from word to count, or one count of 0 or more for each of the "
        f"{len(words)} words"
    )
    remedy = "Pass e.g. collections.Counter(tokens)."
    check_no_table("counts", counts, expected)
    unusable = isinstance(counts, (str, bytes)) or is_unordered(counts)
    if unusable or not isinstance(counts, Iterable):
        raise wrong_type("counts", counts, expected, remedy)
    keys = getattr(counts, "index", ()) if hasattr(counts, "to_dict") else ()
    if len(keys) and all(isinstance(key, str) for key in keys):
        counts = dict(
            zip(keys, counts, strict=True)
        )  # a series with the words as its index, as of `value_counts`
    found = [counts.get(word, 0) for word in words] if isinstance(counts, Mapping) else list(counts)
    try:
        aligned = np.array(found, np.float64)
    except (TypeError, ValueError):
        raise wrong_type("counts", counts, expected, remedy) from None
    if aligned.shape != (len(words),) or not np.all((aligned >= 0) & (aligned < np.inf)):
        raise wrong_value("counts", aligned.tolist(), expected, remedy)
    return aligned
