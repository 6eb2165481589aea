"""Hashing of tokens to bins, with the results of `keras.layers.Hashing` in every process."""

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

# Tokens per call of a hash function. The temporary arrays of a chunk fit in the processor's
# cache, which was measured to be 2.5 times faster than hashing everything at once.
_CHUNK = 32768


@dataclass(frozen=True)
class TokenHash:
    """Hash function from tokens to bins, in NumPy.

    Args:
        num_bins: Number of bins, including the bin of `mask_value`.
        salt: Two integers, the key of SipHash-2-4. `None` selects FarmHash64.
        mask_value: Token that is assigned to bin 0; all other tokens share the bins from 1.
        ngrams: Largest n-gram size. n-grams of 2 to `ngrams` adjacent tokens along the
            last axis are hashed in addition to single tokens.

    The bins are equal to those of `keras.layers.Hashing`.

    >>> TokenHash(num_bins=3).ids([["A"], ["B"], ["C"], ["D"], ["E"]]).ravel()
    array([1, 0, 1, 1, 2], dtype=int32)
    """

    num_bins: int
    salt: tuple[int, int] | None = None
    mask_value: str | int | None = None
    ngrams: int = 1

    @property
    def masks(self) -> bool:
        """True if bin 0 is reserved for `mask_value`; as in Keras, not with a single bin."""
        return self.mask_value is not None and self.num_bins > 1

    @property
    def free_bins(self) -> int:
        """Number of bins for tokens other than `mask_value`."""
        return self.num_bins - self.masks

    def ids(self, tokens: object) -> Ids:
        """Return the bins of `tokens`, which are read by `read_tokens`.

        Returns:
            `int32` array with the shape of `tokens`. With `ngrams`, the last axis holds
            the bins of the single tokens, then of the pairs, and so on. The bin of an
            n-gram that contains the mask value is 0.
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
        """Return the bins of packed strings, without n-grams."""
        return self._bins(strings, self._masked_strings(strings))

    def collisions(self, tokens: object) -> int:
        """Count the distinct tokens whose bin is shared with an earlier token.

        N-grams and the mask value are not counted.
        """
        flat, _ = read_tokens(tokens)
        if isinstance(flat, np.ndarray):
            distinct: list[str | bytes] | Integers = np.unique(flat)
        else:
            pack_strings(flat[:1])  # raises an error for an element that has no hash, as a set
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
                f"`ngrams` > 1 requires rows of tokens. Received: ngrams={self.ngrams} with a "
                "single token. Pass a list of tokens, one row per text."
            )
        # `pack_strings` leaves one byte between adjacent tokens. With a space in its place,
        # every n-gram is a slice of the buffer, and no string needs to be joined.
        buffer = strings.buffer.copy()
        ends = strings.starts + strings.lengths
        buffer[ends[:-1]] = ord(" ")
        rows = math.prod(shape[:-1])
        starts, ends = strings.starts.reshape(rows, shape[-1]), ends.reshape(rows, shape[-1])
        unmasked = None if masked is None else ~masked.reshape(rows, shape[-1])
        parts = []
        for size in range(1, self.ngrams + 1):
            first = starts[:, : shape[-1] - size + 1] if size <= shape[-1] else starts[:, :0]
            last = ends[:, size - 1 :]
            masked_grams = None
            if unmasked is not None:
                windows = [unmasked[:, i : i + first.shape[1]] for i in range(size)]
                masked_grams = ~np.logical_and.reduce(windows).ravel()
            grams = ByteStrings(buffer, first.ravel(), (last - first).ravel())
            parts.append(self._bins(grams, masked_grams).reshape(rows, first.shape[1]))
        ids = np.concatenate(parts, axis=1)
        return ids.reshape(*shape[:-1], ids.shape[1])

    def _bins(self, strings: ByteStrings, masked: NDArray[np.bool_] | None) -> Ids:
        bins = np.empty(len(strings), np.int32)
        count = np.uint64(self.free_bins)
        for first in range(0, len(strings), _CHUNK):
            part = strings.part(first, first + _CHUNK)
            hashes = sip_hash64(part, self.salt) if self.salt else farm_fingerprint64(part)
            # The remainder `hashes % count`. NumPy vectorizes the division by a constant, but
            # not the remainder, which is several times slower.
            bins[first : first + _CHUNK] = hashes - hashes // count * count
        if masked is not None:
            bins += 1
            bins[masked] = 0
        return bins

    def _masked_integers(self, values: Integers) -> NDArray[np.bool_] | None:
        if not self.masks:
            return None
        if isinstance(self.mask_value, str):
            raise mask_value_type_error(self.mask_value, "integers")
        return np.asarray(values == self.mask_value)

    def _masked_strings(self, strings: ByteStrings) -> NDArray[np.bool_] | None:
        if not self.masks:
            return None
        if not isinstance(self.mask_value, str):
            raise mask_value_type_error(self.mask_value, "strings")
        return strings.equal_to(self.mask_value.encode())


def expected_collisions(vocabulary_size: int, num_bins: int) -> float:
    """Compute the expected number of words whose bin is shared with an earlier word.

    Each of V words is in each of n bins with equal probability. The expected number of
    bins in use is n (1 - (1 - 1/n)^V), and all other words are collisions.

    >>> round(expected_collisions(1000, 1000))
    368
    """
    remedy = "Pass the number of distinct words."
    vocabulary_size = checked_integer("vocabulary_size", vocabulary_size, 0, remedy=remedy)
    if num_bins == 1:
        return float(max(vocabulary_size - 1, 0))
    # 1 - (1 - 1/n)^V by `expm1` and `log1p`: for large n, the difference is tiny and the direct
    # formula would cancel most of its digits.
    used = -num_bins * math.expm1(vocabulary_size * math.log1p(-1 / num_bins))
    return vocabulary_size - used


def mask_value_type_error(mask_value: object, tokens: str) -> TypeError:
    """Return the error for a mask value of another type than the tokens."""
    return TypeError(
        f"`mask_value` must have the type of the tokens. Received: mask_value={mask_value!r} "
        f"with {tokens}; use `mask_value={str(mask_value)!r}` for strings, an int for integers."
    )
