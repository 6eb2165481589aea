"""From tokens to bins: stable in every process, the same as `keras.layers.Hashing`."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.validation import checked_integer
from keras_seqext.text.tokens.byte_strings import ByteStrings, pack_integers, pack_strings

from .farm_hash import farm_fingerprint64
from .sip_hash import sip_hash64
from .token_array import Integers, read_tokens

Ids = NDArray[np.int32]

# What a hash works on at once should fit in the processor's cache: measured, 2.5 times faster.
_CHUNK = 32768


@dataclass(frozen=True)
class TokenHash:
    """Hashes tokens to bins, in NumPy alone.

    Args:
        num_bins: number of bins, that of the mask included.
        salt: two integers that key SipHash-2-4. Without, FarmHash64 is used.
        mask_value: the token that gets bin 0; all others share the bins from 1.
        ngrams: also hash the runs of 2 to `ngrams` neighbours along the last axis.

    Source: the bins of `keras.layers.Hashing`.

    >>> TokenHash(num_bins=3).ids([["A"], ["B"], ["C"], ["D"], ["E"]]).ravel()
    array([1, 0, 1, 1, 2], dtype=int32)
    """

    num_bins: int
    salt: tuple[int, int] | None = None
    mask_value: str | int | None = None
    ngrams: int = 1

    @property
    def masks(self) -> bool:
        """Whether bin 0 is kept for `mask_value`: Keras gives up on that with a single bin."""
        return self.mask_value is not None and self.num_bins > 1

    @property
    def free_bins(self) -> int:
        """How many bins words are spread over."""
        return self.num_bins - self.masks

    def ids(self, tokens: object) -> Ids:
        """Reads `tokens` as `read_tokens` does and returns their bins.

        Returns:
            `int32`, the shape of `tokens`; with `ngrams` the last axis holds the bins
            of the single tokens, then of the pairs, and so on. An n-gram that
            would contain the mask value gets bin 0 instead.
        """
        flat, shape = read_tokens(tokens)
        masked = self._masked_integers(flat) if isinstance(flat, np.ndarray) else None
        if self.ngrams == 1:
            if isinstance(flat, np.ndarray):
                return self._bins(pack_integers(flat), masked).reshape(shape)
            return self._list_ids(flat).reshape(shape)
        texts = [str(n) for n in flat.tolist()] if isinstance(flat, np.ndarray) else flat
        strings = pack_strings(texts)
        masked = self._masked_strings(strings) if texts is flat else masked
        return self._ngram_ids(strings, masked, shape)

    def string_ids(self, strings: ByteStrings) -> Ids:
        """The bins of strings that lie in one buffer; no n-grams."""
        return self._bins(strings, self._masked_strings(strings))

    def collisions(self, tokens: object) -> int:
        """How many distinct tokens share a bin with an earlier one; no n-grams, no mask."""
        flat, _ = read_tokens(tokens)
        if isinstance(flat, np.ndarray):
            distinct: list[str | bytes] | Integers = np.unique(flat)
        else:
            distinct = list({t.encode() if isinstance(t, str) else t for t in flat})
        ids = replace(self, ngrams=1).ids(distinct)
        words = ids[ids > 0] if self.masks else ids
        return len(words) - len(np.unique(words))

    def _list_ids(self, strings: list[str | bytes]) -> Ids:
        ids = np.empty(len(strings), np.int32)
        for first in range(0, len(strings), _CHUNK):
            part = pack_strings(strings[first : first + _CHUNK])
            ids[first : first + _CHUNK] = self.string_ids(part)
        return ids

    def _ngram_ids(
        self, strings: ByteStrings, masked: NDArray[np.bool_] | None, shape: tuple[int, ...]
    ) -> Ids:
        if not shape:
            raise ValueError(
                f"`ngrams` needs a row of tokens. Received: ngrams={self.ngrams} with a single "
                "token. Pass a list of tokens, one row a text."
            )
        # The one byte between two tokens becomes a space, and every n-gram is there already.
        buffer = strings.buffer.copy()
        ends = strings.starts + strings.lengths
        buffer[ends[:-1]] = ord(" ")
        rows = math.prod(shape[:-1])
        starts, ends = strings.starts.reshape(rows, shape[-1]), ends.reshape(rows, shape[-1])
        keep = None if masked is None else ~masked.reshape(rows, shape[-1])
        parts = []
        for size in range(1, self.ngrams + 1):
            first = starts[:, : shape[-1] - size + 1] if size <= shape[-1] else starts[:, :0]
            last = ends[:, size - 1 :]
            lost = None
            if keep is not None:
                windows = [keep[:, i : i + first.shape[1]] for i in range(size)]
                lost = ~np.logical_and.reduce(windows).ravel()
            grams = ByteStrings(buffer, first.ravel(), (last - first).ravel())
            parts.append(self._bins(grams, lost).reshape(rows, first.shape[1]))
        ids = np.concatenate(parts, axis=1)
        return ids.reshape(*shape[:-1], ids.shape[1])

    def _bins(self, strings: ByteStrings, masked: NDArray[np.bool_] | None) -> Ids:
        bins = np.empty(len(strings), np.int32)
        count = np.uint64(self.free_bins)
        for first in range(0, len(strings), _CHUNK):
            part = strings.part(first, first + _CHUNK)
            hashes = sip_hash64(part, self.salt) if self.salt else farm_fingerprint64(part)
            # NumPy divides by a constant far faster than it takes a remainder.
            bins[first : first + _CHUNK] = hashes - hashes // count * count
        if masked is not None:
            bins += 1
            bins[masked] = 0
        return bins

    def _masked_integers(self, values: Integers) -> NDArray[np.bool_] | None:
        if not self.masks:
            return None
        if isinstance(self.mask_value, str):
            raise mask_of_other_kind(self.mask_value, "integers")
        return np.asarray(values == self.mask_value)

    def _masked_strings(self, strings: ByteStrings) -> NDArray[np.bool_] | None:
        if not self.masks:
            return None
        if not isinstance(self.mask_value, str):
            raise mask_of_other_kind(self.mask_value, "strings")
        return strings.equal_to(self.mask_value.encode())


def expected_collisions(vocabulary_size: int, num_bins: int) -> float:
    """How many of `vocabulary_size` words share a bin with an earlier one, on average.

    Each of V words falls in one of n bins with the same chance, so
    n (1 - (1 - 1/n)^V) bins are used, and V minus that many words came too late.

    >>> round(expected_collisions(1000, 1000))
    368
    """
    remedy = "Pass the number of distinct words."
    vocabulary_size = checked_integer("vocabulary_size", vocabulary_size, 0, remedy=remedy)
    if num_bins == 1:
        return float(max(vocabulary_size - 1, 0))
    # (1 - 1/n)^V through logarithms: exact where n is large and the difference tiny.
    used = -num_bins * math.expm1(vocabulary_size * math.log1p(-1 / num_bins))
    return vocabulary_size - used


def mask_of_other_kind(mask_value: object, tokens: str) -> TypeError:
    """The error for a mask value that no token can equal."""
    return TypeError(
        f"`mask_value` must be of the tokens' kind. Received: mask_value={mask_value!r} "
        f"with {tokens}; use `mask_value={str(mask_value)!r}` for strings, an int for integers."
    )
