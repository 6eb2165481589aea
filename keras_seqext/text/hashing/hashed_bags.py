"""Texts to bags of hashed words, without padding them to one length first."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_seqext.text.tokens.tokenizer import Tokenizer
from keras_seqext.text.tokens.validation import check_dense_size, checked_texts
from keras_seqext.text.tokens.word_bytes import find_words, finds_words_of

from .token_hash import Ids, TokenHash

# Of a block, texts whose words are in memory at once (with 256 reviews, what NumPy works on stays
# in the processor's cache) and numbers that are counted at once.
_TEXTS_AT_ONCE = 256
_NUMBERS_AT_ONCE = 2**24


def hashed_bags(
    texts: Iterable[str],
    tokenize: Callable[[str], list[str]],
    token_hash: TokenHash,
    binary: bool,
    dtype: str = "float32",
    max_gigabytes: float = 4.0,
) -> NDArray[np.floating[Any]]:
    """One row a text, one column a bin; see `HashingOneHot.matrix`."""
    texts = list(checked_texts(texts))
    kind, num_bins = np.dtype(dtype), token_hash.num_bins
    instead = "Take fewer bins, or the texts in batches."
    check_dense_size((len(texts), num_bins), kind, max_gigabytes, instead)
    bags = np.zeros((len(texts), num_bins), kind)
    at_once = min(_TEXTS_AT_ONCE, max(1, _NUMBERS_AT_ONCE // num_bins))
    for first in range(0, len(texts), at_once):
        part = texts[first : first + at_once]
        rows, ids = _rows_and_ids(part, tokenize, token_hash)
        places = rows * num_bins + ids
        block = bags[first : first + len(part)].reshape(-1)
        if binary:
            block[places] = 1
        else:
            block += np.bincount(places, minlength=len(block))
    return bags


def _rows_and_ids(
    texts: list[str], tokenize: Callable[[str], list[str]], token_hash: TokenHash
) -> tuple[NDArray[np.intp], Ids]:
    """Of each token, which text it is in, and its bin."""
    if isinstance(tokenize, Tokenizer) and finds_words_of(tokenize):
        words, rows = find_words(texts, tokenize)
        return rows, token_hash.string_ids(words)
    tokens = list(map(tokenize, texts))
    rows = np.repeat(np.arange(len(texts)), list(map(len, tokens)))
    return rows, token_hash.ids(list(chain.from_iterable(tokens)))
