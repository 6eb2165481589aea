"""What a vocabulary accepts, and what it says otherwise."""

from collections.abc import Iterable, Sequence

import numpy as np

from keras_seqext._common.array_validation import checked_array
from keras_seqext._common.validation import checked_integer, wrong_type, wrong_value
from keras_seqext.text.tokens.validation import checked_items

from .special_ids import SpecialIds


def checked_tokens(tokens: Iterable[str]) -> tuple[str, ...]:
    """The tokens as a tuple of distinct, savable strings."""
    words = tuple(checked_items("tokens", tokens, "words"))
    if not words:
        raise ValueError(
            "`tokens` must hold at least one word. Received none. An iterator is read once only."
        )
    for word in words:
        if not isinstance(word, str):
            raise wrong_type("tokens", word, "strings", "Turn each token into a `str`.")
    if len(set(words)) < len(words):
        seen: set[str] = set()
        twice = next(word for word in words if word in seen or seen.add(word))  # type: ignore[func-returns-value]
        raise ValueError(
            f"Each of `tokens` must occur once. Received {twice!r} more than once; "
            "list(dict.fromkeys(tokens)) removes the second."
        )
    try:
        "".join(words).encode()
    except UnicodeEncodeError:
        raise ValueError(
            f"One of `tokens`, {_surrogate(words)!r}, holds half of a surrogate pair, which no "
            "file can store. Read texts with errors='replace', not 'surrogateescape'."
        ) from None
    return words


def _surrogate(words: tuple[str, ...]) -> str:
    return next(word for word in words if any("\ud800" <= letter <= "\udfff" for letter in word))


def checked_counts(name: str, counts: Sequence[int] | None, length: int) -> tuple[int, ...] | None:
    """The counts as a tuple of plain integers, one a token."""
    if counts is None:
        return None
    expected = f"one integer, 0 or more, for each of the {length} tokens"
    array = checked_array(name, counts, ("tokens",))
    if len(array) != length or array.dtype.kind not in "iu" or (array < 0).any():
        raise wrong_value(name, counts, expected, "`Vocabulary.fit` counts them.")
    return tuple(array.tolist())


def checked_document_counts(
    counts: Sequence[int] | None, num_documents: int | None, length: int
) -> tuple[int, ...] | None:
    """Document counts that fit the number of documents."""
    if (counts is None) != (num_documents is None):
        raise ValueError(
            "`document_counts` and `num_documents` must be given together, or neither. Received: "
            f"document_counts={'given' if counts is not None else None}, "
            f"num_documents={num_documents}. `Vocabulary.fit` counts both."
        )
    if num_documents is not None:
        num_documents = checked_integer("num_documents", num_documents, 1)
    checked = checked_counts("document_counts", counts, length)
    if checked is not None and num_documents is not None and max(checked) > num_documents:
        raise ValueError(
            f"`document_counts` must not exceed the documents. Received: {max(checked)}, more than "
            f"num_documents={num_documents}. Count a word once a document."
        )
    return checked


def checked_special_ids(special_ids: SpecialIds) -> SpecialIds:
    """The special ids themselves."""
    if not isinstance(special_ids, SpecialIds):
        raise wrong_type(
            "special_ids", special_ids, "a SpecialIds", "Pass e.g. IMDB_IDS or SpecialIds(oov=1)."
        )
    return special_ids


def checked_ids(ids: Iterable[int], special_ids: SpecialIds, num_ids: int) -> np.ndarray:
    """One sequence of ids that all stand for something."""
    given = ids if isinstance(ids, np.ndarray) else list(checked_items("ids", ids, "integers"))
    try:
        array = np.asarray(given)
    except ValueError:  # sequences of different lengths
        array = np.asarray(None)
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise wrong_value("ids", given, "one sequence of integers", "Decode one text at a time.")
    special = (SpecialIds.PAD, special_ids.oov, special_ids.start)
    unused = [i for i in range(special_ids.first_word) if i not in special]
    wrong = (array < 0) | (array >= num_ids) | np.isin(array, unused)
    if wrong.any():
        raise ValueError(
            f"`ids` holds {array[wrong][0]} at place {int(wrong.argmax())}, which stands for "
            f"nothing: this vocabulary's ids end at {num_ids - 1} ({special_ids}). "
            "Were the texts encoded with another vocabulary?"
        )
    return array
