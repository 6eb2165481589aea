"""Bags of hashed words of whole texts, without padding the texts to one length."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_seqext.text.tokens.tokenizer import Tokenizer
from keras_seqext.text.tokens.validation import check_dense_size, checked_texts
from keras_seqext.text.tokens.vectorized_words import is_vectorizable, vectorized_words

from .token_hash import Ids, TokenHash

# A block has at most this many texts and matrix cells. The words of 256 reviews, and the
# temporary arrays that NumPy creates for them, fit in the processor's cache.
_TEXTS_PER_BLOCK = 256
_CELLS_PER_BLOCK = 2**24


def hashed_bags(
    texts: Iterable[str],
    tokenize: Callable[[str], list[str]],
    token_hash: TokenHash,
    binary: bool,
    dtype: str = "float32",
    max_gigabytes: float = 4.0,
) -> NDArray[np.floating[Any]]:
    """Return a matrix with one row per text and one column per bin.

    See `HashingOneHot.matrix`.
    """
    texts = list(checked_texts(texts))
    kind, num_bins = np.dtype(dtype), token_hash.num_bins
    remedy = "Use fewer bins, or convert the texts in batches."
    check_dense_size((len(texts), num_bins), kind, max_gigabytes, remedy)
    bags = np.zeros((len(texts), num_bins), kind)
    block_size = min(_TEXTS_PER_BLOCK, max(1, _CELLS_PER_BLOCK // num_bins))
    for first in range(0, len(texts), block_size):
        part = texts[first : first + block_size]
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
    """Return the index of the text and the bin of each token."""
    single = token_hash.ngrams == 1
    if single and isinstance(tokenize, Tokenizer) and is_vectorizable(tokenize):
        words, rows = vectorized_words(texts, tokenize)
        return rows, token_hash.string_ids(words)
    tokens = list(map(tokenize, texts))
    if not single:  # no n-gram extends across texts
        bags = [token_hash.ids([row])[0] for row in tokens]
        rows = np.repeat(np.arange(len(texts)), list(map(len, bags)))
        return rows, np.concatenate(bags)
    rows = np.repeat(np.arange(len(texts)), list(map(len, tokens)))
    return rows, token_hash.ids(list(chain.from_iterable(tokens)))
