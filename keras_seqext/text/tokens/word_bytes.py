"""The words of many texts at once, found in their bytes by NumPy."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .byte_strings import ByteStrings, with_slack
from .character_fold import fold_for_words
from .tokenizer import Tokenizer
from .word_rules import BREAK

# No byte of UTF-8, so it stands between two texts whatever they hold.
_BETWEEN_TEXTS = b"\xff"
_END_OF_TEXT, _SPACE, _APOSTROPHE = b"\n '"
_FIRST_NOT_ASCII = 0x80
_BREAK = re.compile(BREAK[0].encode())


def finds_words_of(tokenizer: object) -> bool:
    """Whether `find_words` knows how this tokenizer splits: single words, and no subclass."""
    return type(tokenizer) is Tokenizer and tokenizer.level == "word" and tokenizer.sizes == (1,)


def find_words(texts: Sequence[str], tokenizer: Tokenizer) -> tuple[ByteStrings, NDArray[np.intp]]:
    """The words that `tokenizer` finds in each text, without making a string of each.

    ASCII words are cut out of the bytes of all texts together. A word that needs more than that
    (other letters, an apostrophe that is not kept) goes through the tokenizer by itself, which
    gives the same: no rule of `Tokenizer` looks beyond a space.

    Args:
        texts: Some hundreds: what is worked on at once should fit in the processor's cache.
        tokenizer: One that `finds_words_of` is true of.

    Returns:
        The words in UTF-8, in no order, and for each the position of its text.

    >>> words, places = find_words(["The cat", "", "Olé, cat!"], Tokenizer())
    >>> [word.decode() for word in words.tolist()], places
    (['the', 'cat', 'cat', 'olé'], array([0, 0, 2, 2]))
    """
    # A lone surrogate has no UTF-8; it separates words, as the `?` in its place does.
    text = _BETWEEN_TEXTS.join([text.encode(errors="replace") for text in texts])
    if tokenizer.strip_breaks:
        text = _BREAK.sub(b" ", text)
    text = b" %b\n" % text.translate(_ascii_folds(tokenizer.lower))
    letters = np.frombuffer(text, np.uint8)
    in_word, unfinished = _word_bytes(letters, tokenizer.apostrophes == "keep")
    edges = np.flatnonzero(in_word[1:] != in_word[:-1]) + 1
    starts, ends = edges[::2].copy(), edges[1::2]
    counts = np.searchsorted(starts, np.flatnonzero(letters == _END_OF_TEXT))
    places = np.repeat(np.arange(len(texts)), np.diff(counts, prepend=0))
    if not len(unfinished):
        return ByteStrings(with_slack(text), starts, ends - starts), places
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
    """Which folded bytes are of words, and where those are whose word is not finished yet."""
    in_word = letters > _APOSTROPHE  # spaces and ends of texts are below, letters and digits above
    unfinished = np.flatnonzero(letters >= _FIRST_NOT_ASCII)
    # At the edge of a word, or beside another one, an apostrophe separates.
    apostrophes = np.flatnonzero(letters == _APOSTROPHE)
    inside = apostrophes[in_word[apostrophes - 1] & in_word[apostrophes + 1]]
    in_word[inside] = True
    return in_word, unfinished if keep_apostrophes else np.append(unfinished, inside)


@cache
def _ascii_folds(lower: bool) -> bytes:
    """What `bytes.translate` makes of each byte: ASCII folded, the end of a text, others kept."""
    table = bytearray(range(256))
    for byte in range(_FIRST_NOT_ASCII):
        table[byte] = ord(fold_for_words(chr(byte), lower))
    table[_BETWEEN_TEXTS[0]] = _END_OF_TEXT
    return bytes(table)
