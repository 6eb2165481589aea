"""Texts to bags of hashed words, without padding them to one length first."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .argument_checks import check_dense_size, checked_texts
from .token_hash import TokenHash

# Of a block, texts whose words are in memory at once and numbers that are counted at once.
_TEXTS_AT_ONCE = 1024
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
        rows = list(map(tokenize, texts[first : first + at_once]))
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        tokens = list(chain.from_iterable(rows))
        places = np.repeat(np.arange(len(rows)) * num_bins, lengths) + token_hash.ids(tokens)
        block = bags[first : first + len(rows)].reshape(-1)
        if binary:
            block[places] = 1
        else:
            block += np.bincount(places, minlength=len(block))
    return bags
