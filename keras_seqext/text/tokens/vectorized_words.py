"""Vectorized word tokenization of many texts at once, in NumPy."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .byte_strings import ByteStrings, with_slack
from .character_fold import fold_for_words
from .tokenizer import Tokenizer
from .word_rules import BREAK

# This byte does not occur in UTF-8, so it separates texts of any content.
_BETWEEN_TEXTS = b"\xff"
_END_OF_TEXT, _SPACE, _APOSTROPHE = b"\n '"
_FIRST_NON_ASCII = 0x80
_BREAK = re.compile(BREAK[0].encode())


def is_vectorizable(tokenizer: object) -> bool:
    """Return whether `vectorized_words` supports this tokenizer.

    It supports single words (`level="word"`, `ngrams=1`) of `Tokenizer` itself: a
    subclass may split texts differently.
    """
    return type(tokenizer) is Tokenizer and tokenizer.level == "word" and tokenizer.sizes == (1,)


def vectorized_words(
    texts: Sequence[str], tokenizer: Tokenizer
) -> tuple[ByteStrings, NDArray[np.intp]]:
    """Tokenize texts without creating a Python string per word.

    ASCII words are located in the concatenated bytes of all texts. Other words (with
    letters outside ASCII, or with an apostrophe that is not preserved) are passed to the
    tokenizer one by one. The result is the same, because no rule of `Tokenizer` matches
    across a space.

    Args:
        texts: Some hundreds of texts. Temporary arrays are then small enough for the
            processor's cache.
        tokenizer: A tokenizer supported by `is_vectorizable`.

    Returns:
        The words in UTF-8, in no particular order, and the index of the text of each word.

    >>> words, places = vectorized_words(["The cat", "", "Olé, cat!"], Tokenizer())
    >>> [word.decode() for word in words.tolist()], places
    (['the', 'cat', 'cat', 'olé'], array([0, 0, 2, 2]))
    """
    # UTF-8 cannot encode a lone surrogate. It separates words, like the `?` that replaces it.
    text = _BETWEEN_TEXTS.join([text.encode(errors="replace") for text in texts])
    if tokenizer.strip_breaks:
        text = _BREAK.sub(b" ", text)
    # One `translate` folds all ASCII characters. The space in front and the newline at the end
    # guarantee that every word has a byte before and after it, so edges come in pairs.
    text = b" %b\n" % text.translate(_ascii_table(tokenizer.lower))
    letters = np.frombuffer(text, np.uint8)
    in_word, unfinished = _word_bytes(letters, tokenizer.apostrophes == "keep")
    edges = np.flatnonzero(in_word[1:] != in_word[:-1]) + 1
    starts, ends = edges[::2].copy(), edges[1::2]
    # The number of words up to the end of each text gives the text of each word.
    counts = np.searchsorted(starts, np.flatnonzero(letters == _END_OF_TEXT))
    places = np.repeat(np.arange(len(texts)), np.diff(counts, prepend=0))
    if not len(unfinished):
        return ByteStrings(with_slack(text), starts, ends - starts), places
    # Words with unfinished bytes are replaced by the words of the tokenizer, which are appended
    # to the buffer.
    again = np.unique(np.searchsorted(starts, unfinished, side="right") - 1)
    finished = [tokenizer(text[starts[i] : ends[i]].decode()) for i in again.tolist()]
    more = [word.encode() for words in finished for word in words]
    more_lengths = np.fromiter(map(len, more), np.int64, len(more))
    more_starts = len(text) + np.cumsum(more_lengths) - more_lengths
    more_places = np.repeat(places[again], list(map(len, finished)))
    strings = ByteStrings(
        with_slack(text + b"".join(more)),
        np.append(np.delete(starts, again), more_starts),
        np.append(np.delete(ends - starts, again), more_lengths),
    )
    return strings, np.append(np.delete(places, again), more_places)


def _word_bytes(
    letters: NDArray[np.uint8], keep_apostrophes: bool
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return a mask of the bytes in words, and the positions of bytes that need the tokenizer."""
    # After folding, spaces and ends of texts are below the apostrophe, letters and digits above.
    # Bytes outside ASCII count as letters here; the tokenizer decides about them later.
    in_word = letters > _APOSTROPHE
    unfinished = np.flatnonzero(letters >= _FIRST_NON_ASCII)
    # An apostrophe at the edge of a word, or next to another one, separates words.
    apostrophes = np.flatnonzero(letters == _APOSTROPHE)
    inside = apostrophes[in_word[apostrophes - 1] & in_word[apostrophes + 1]]
    in_word[inside] = True
    return in_word, unfinished if keep_apostrophes else np.append(unfinished, inside)


@cache
def _ascii_table(lower: bool) -> bytes:
    """Return a table for `bytes.translate` that folds ASCII and marks the ends of texts.

    Other bytes are unchanged.
    """
    table = bytearray(range(256))
    for byte in range(_FIRST_NON_ASCII):
        table[byte] = ord(fold_for_words(chr(byte), lower))
    table[_BETWEEN_TEXTS[0]] = _END_OF_TEXT
    return bytes(table)
