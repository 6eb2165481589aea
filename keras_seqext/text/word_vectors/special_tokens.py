"""Entries of a vocabulary that are not words: padding and out-of-vocabulary tokens."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

KERAS_OOV = "[UNK]"
KERAS_SPECIAL = ("", KERAS_OOV)
"""Padding and out-of-vocabulary tokens in the vocabulary of a layer of Keras."""

OTHER_PADDING = ("[PAD]", "<pad>", "<PAD>")
"""Padding tokens of other libraries, which also number their words from 0."""


def num_special(words: Sequence[Any]) -> int:
    """Count the special tokens at the beginning of the vocabulary of a Keras layer.

    >>> num_special(["", "[UNK]", "the"]), num_special(["the", "[UNK]"])
    (2, 0)

    Raises:
        ValueError: If the first word is the padding token of another library: its row may be 0
            or 1.
    """
    if words and isinstance(words[0], str) and words[0] in OTHER_PADDING:
        raise ValueError(
            "The first word of a `vocabulary` that is a list has row 1; row 0 is padding. "
            f"Received: {words[0]!r} as the first word, which may be padding with row 0. Pass "
            "{word: row for row, word in enumerate(words)}, or the words without it."
        )
    return len(list(takewhile(lambda w: isinstance(w, str) and w in KERAS_SPECIAL, words)))


def is_special(word: object, rows: Mapping[Any, Any]) -> bool:
    """Return whether `word` is a special token in a mapping from word to row.

    >>> is_special("", {"": 0, "the": 1}), is_special("[UNK]", {"[UNK]": 7, "the": 1})
    (True, False)
    """
    if not isinstance(word, str) or word not in (*KERAS_SPECIAL, *OTHER_PADDING):
        return False
    return rows[word] == 0 or (word == KERAS_OOV and rows.get("") == 0 and rows[word] == 1)
