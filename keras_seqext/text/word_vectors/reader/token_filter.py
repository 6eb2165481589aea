"""Vectorized filter of the lines that may begin with a requested word."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

_ONES = np.uint64(0x0101010101010101)
_HIGH_BITS = np.uint64(0x8080808080808080)
_SPACE = np.uint64(0x20)
_SPACES = np.uint64(0x2020202020202020)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: Fibonacci hashing
# Two words of eight bytes, which is longer than most words.
KEY_BYTES = 16
# Size of the table relative to the number of words: 1 in 32 other words passes by chance.
_SLOTS_PER_WORD = 32


class TokenFilter:
    """Hash table of the first sixteen bytes of the requested words.

    Like a Bloom filter, it has false positives only: every requested word passes, and so
    do about 1 in 32 other words, and all words with the same first sixteen bytes. The
    remaining lines are compared exactly, in Python.

    Args:
        words: The requested words in UTF-8.
    """

    def __init__(self, words: Iterable[bytes]) -> None:
        padded = [word[:KEY_BYTES].split(b" ", 1)[0] + b" " * KEY_BYTES for word in words]
        bits = min(max(10, (len(padded) * _SLOTS_PER_WORD).bit_length()), 24)
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << bits, np.bool_)
        if padded:
            text = bytearray(b"".join(padded))
            sizes = np.array([0, *map(len, padded)])
            self._table[self._slots(*self.keys(text, np.cumsum(sizes)[:-1]))] = True

    def keys(self, text: bytearray, starts: NDArray[np.intp]) -> tuple[Keys, Keys]:
        """Return the bytes of each token up to its first space, as two words of eight bytes.

        `text` must have sixteen bytes from the last of `starts`.
        """
        # Overlapping view: word i is made of the eight bytes from byte i.
        words = np.ndarray((len(text) - 7,), "<u8", text, strides=(1,))
        first, has_space = _up_to_space(words[starts])
        second, _ = _up_to_space(words[starts + 8])
        return first, second * ~has_space  # the second word is 0 if the token ends in the first

    def candidates(self, first: Keys, second: Keys) -> NDArray[np.intp]:
        """Return the indices of the keys that may belong to a requested word."""
        return np.flatnonzero(self._table[self._slots(first, second)])

    def non_ascii(self, first: Keys, second: Keys) -> NDArray[np.intp]:
        """Return the indices of the keys of tokens that may have a byte outside ASCII.

        These are also all tokens longer than a key, as their last bytes are not known.
        """
        last = second >> np.uint64(56)
        return np.flatnonzero(((first | second) & _HIGH_BITS) | (last * (last != _SPACE)))

    def _slots(self, first: Keys, second: Keys) -> Keys:
        # Bit p of a factor changes only the bits from p upwards of a product. Each XOR with a
        # right shift therefore copies high bits to low positions, so that all bits of the key
        # change the highest bits of the last product, which are the index of the table.
        mixed = (first ^ (first >> np.uint64(29))) * _GOLDEN + second
        return ((mixed ^ (mixed >> np.uint64(32))) * _GOLDEN) >> self._shift


def _up_to_space(words: Keys) -> tuple[Keys, NDArray[np.bool_]]:
    """Return the bytes before the first space as words, and whether there is a space."""
    # The bytes that are spaces become 0. The next line is the well-known test for zero bytes:
    # it sets the high bit of every zero byte, and possibly of bytes after the first one.
    spaces = words ^ _SPACES
    marks = (spaces - _ONES) & ~spaces & _HIGH_BITS
    # `(marks - 1) & ~marks` is a mask of all bits below the lowest mark, or of all bits without
    # a mark. It includes the space itself, which is the same for all tokens.
    return words & (marks - np.uint64(1)) & ~marks, marks != 0
