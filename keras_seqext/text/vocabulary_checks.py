"""What a vocabulary accepts, and what it says otherwise."""

from collections.abc import Iterable, Sequence

import numpy as np

from .special_ids import SpecialIds


def checked_tokens(tokens: Iterable[str]) -> tuple[str, ...]:
    """The tokens as a tuple of distinct, savable strings."""
    if isinstance(tokens, (str, bytes)):
        raise TypeError(
            f"`tokens` must be a list of words. Received one {type(tokens).__name__}: {tokens!r}."
        )
    words = tuple(tokens)
    if not words:
        raise ValueError("`tokens` must hold at least one word. Received none.")
    for word in words:
        if not isinstance(word, str):
            raise TypeError(
                f"Each token must be a str. Received: {word!r} of type {type(word).__name__}."
            )
    if len(set(words)) < len(words):
        seen: set[str] = set()
        twice = next(word for word in words if word in seen or seen.add(word))  # type: ignore[func-returns-value]
        raise ValueError(f"Each token must occur once. Received {twice!r} more than once.")
    try:
        "".join(words).encode()
    except UnicodeEncodeError:
        raise ValueError(
            "A token holds half of a surrogate pair, which no file can store. Read texts "
            "with errors='replace', not 'surrogateescape'."
        ) from None
    return words


def checked_counts(name: str, counts: Sequence[int] | None, length: int) -> tuple[int, ...] | None:
    """The counts as a tuple of plain integers, one a token."""
    if counts is None:
        return None
    array = np.asarray(counts)
    if array.shape != (length,) or array.dtype.kind not in "iu" or (array < 0).any():
        raise ValueError(
            f"`{name}` must hold one integer, 0 or more, for each of the {length} tokens. "
            f"Received: shape {array.shape}, dtype {array.dtype}."
        )
    return tuple(array.tolist())


def checked_document_counts(
    counts: Sequence[int] | None, num_documents: int | None, length: int
) -> tuple[int, ...] | None:
    """Document counts that fit the number of documents."""
    if (counts is None) != (num_documents is None):
        raise ValueError(
            "`document_counts` and `num_documents` must be given together, or neither. Received: "
            f"document_counts={'given' if counts is not None else None}, "
            f"num_documents={num_documents}."
        )
    checked = checked_counts("document_counts", counts, length)
    if checked is not None and num_documents is not None and max(checked) > num_documents:
        raise ValueError(
            f"`document_counts` reaches {max(checked)}, more than num_documents={num_documents}."
        )
    return checked


def checked_special_ids(special_ids: SpecialIds) -> SpecialIds:
    """The special ids themselves."""
    if not isinstance(special_ids, SpecialIds):
        raise TypeError(
            f"`special_ids` must be a SpecialIds, such as IMDB_IDS. Received: {special_ids!r}."
        )
    return special_ids


def checked_ids(ids: Iterable[int], special_ids: SpecialIds, num_ids: int) -> np.ndarray:
    """One sequence of ids that all stand for something."""
    array = np.asarray(ids if isinstance(ids, np.ndarray) else list(ids))
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(
            "`ids` must be one sequence of integers. Received: "
            f"shape {array.shape}, dtype {array.dtype}."
        )
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
