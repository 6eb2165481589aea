"""Argument validation of vocabularies."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from keras_seqext._common.array_validation import checked_array
from keras_seqext._common.validation import checked_integer, wrong_type, wrong_value
from keras_seqext.text.tokens.token_lists import as_tokens
from keras_seqext.text.tokens.validation import check_no_table, checked_items

from .special_ids import SpecialIds

KERAS_OOV = "[UNK]"
"""Token for out-of-vocabulary words in `keras.layers.TextVectorization.get_vocabulary()`."""


def checked_tokens(tokens: Iterable[str]) -> tuple[str, ...]:
    """Return the tokens as a tuple of distinct strings that can be saved."""
    if isinstance(tokens, Mapping):
        raise wrong_type(
            "tokens",
            tokens,
            "a list of words in the order of their ids",
            "For ranks, use Vocabulary.from_word_index. For counts, pass "
            "sorted(tokens, key=tokens.get, reverse=True).",
        )
    words = tuple(as_tokens("tokens", tokens, "words"))
    if not words:
        raise ValueError(
            "`tokens` must contain at least one word. Received none. Pass a list, or an iterator "
            "that has not been read before: it can be read once."
        )
    if len(set(words)) < len(words):
        seen: set[str] = set()
        duplicate = next(word for word in words if word in seen or seen.add(word))  # type: ignore[func-returns-value]
        raise ValueError(
            f"`tokens` must be distinct. Received {duplicate!r} more than once; "
            "list(dict.fromkeys(tokens)) removes duplicates."
        )
    try:
        "".join(words).encode()
    except UnicodeEncodeError:
        raise ValueError(
            "`tokens` must be strings that can be encoded as UTF-8. Received: "
            f"{_surrogate(words)!r}, which contains a lone surrogate. Read texts with "
            "errors='replace', not 'surrogateescape'."
        ) from None
    return words


def without_special_tokens(tokens: tuple[str, ...], special_ids: SpecialIds) -> tuple[str, ...]:
    """Return the tokens without those for padding and OOV, which Keras lists first.

    In a list of `get_vocabulary`, the position of a word is its id.

    >>> without_special_tokens(("", "[UNK]", "the"), SpecialIds())
    ('the',)
    """
    if tokens[0] not in ("", KERAS_OOV):
        return tokens
    if tokens[0] == KERAS_OOV:
        raise wrong_value(
            "tokens",
            list(tokens),
            f"a list of words, or of '', {KERAS_OOV!r} and words",
            f"In a layer whose vocabulary begins with {KERAS_OOV!r}, id 0 is the OOV id, and here "
            "it is the padding. Create the layer with mask_token='', or pass tokens[1:].",
        )
    with_oov = tokens[1:2] == (KERAS_OOV,)
    needed = SpecialIds(oov=1, first_word=2) if with_oov else SpecialIds(oov=None, first_word=1)
    if special_ids != needed:
        raise ValueError(
            f"`special_ids` must be {needed} for `tokens` that begin with "
            f"{list(tokens[: 1 + with_oov])}, as returned by `get_vocabulary` of Keras. Received: "
            f"special_ids={special_ids}. Pass these special_ids, or tokens[{1 + with_oov}:] to "
            "assign other ids."
        )
    words = tokens[1 + with_oov :]
    if not words:
        raise wrong_value(
            "tokens", list(tokens), "a list with at least one word", "Adapt the layer first."
        )
    return words


def _surrogate(words: tuple[str, ...]) -> str:
    return next(word for word in words if any("\ud800" <= letter <= "\udfff" for letter in word))


def checked_counts(name: str, counts: Sequence[int] | None, length: int) -> tuple[int, ...] | None:
    """Return the counts as a tuple of integers, one per token."""
    if counts is None:
        return None
    expected = f"one integer, 0 or more, for each of the {length} tokens"
    array = checked_array(name, counts, ("tokens",))
    if len(array) != length or array.dtype.kind not in "iu" or (array < 0).any():
        raise wrong_value(name, counts, expected, "`Vocabulary.fit` computes them.")
    return tuple(array.tolist())


def checked_document_counts(
    counts: Sequence[int] | None, num_documents: int | None, length: int
) -> tuple[int, ...] | None:
    """Return the document counts, which must not exceed the number of documents."""
    if (counts is None) != (num_documents is None):
        raise ValueError(
            "`document_counts` and `num_documents` must be passed together, or neither. Received: "
            f"document_counts={'given' if counts is not None else None}, "
            f"num_documents={num_documents}. `Vocabulary.fit` computes both."
        )
    if num_documents is not None:
        num_documents = checked_integer("num_documents", num_documents, 1)
    checked = checked_counts("document_counts", counts, length)
    if checked is not None and num_documents is not None and max(checked) > num_documents:
        raise ValueError(
            f"`document_counts` must not exceed `num_documents`. Received: {max(checked)}, more "
            f"than num_documents={num_documents}. Count a word once per document."
        )
    return checked


def checked_special_ids(special_ids: SpecialIds) -> SpecialIds:
    """Return `special_ids` if it is a `SpecialIds`, else raise an error."""
    if not isinstance(special_ids, SpecialIds):
        raise wrong_type(
            "special_ids", special_ids, "a SpecialIds", "Pass e.g. IMDB_IDS or SpecialIds(oov=1)."
        )
    return special_ids


def checked_ids(ids: Iterable[int], special_ids: SpecialIds, num_ids: int) -> np.ndarray:
    """Return a sequence of ids, each of which must have a meaning, as an array."""
    check_no_table("ids", ids, "one sequence of integers")
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
    invalid = (array < 0) | (array >= num_ids) | np.isin(array, unused)
    if invalid.any():
        raise ValueError(
            f"`ids` must be ids of this vocabulary, at most {num_ids - 1} ({special_ids}). "
            f"Received: {array[invalid][0]} at index {int(invalid.argmax())}. Check whether the "
            "texts were encoded with another vocabulary."
        )
    return array
