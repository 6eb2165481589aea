"""Tells at once, for thousands of lines, which may begin with a wanted word."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

_ONES = np.uint64(0x0101010101010101)
_HIGH_BITS = np.uint64(0x8080808080808080)
_SPACES = np.uint64(0x2020202020202020)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: Fibonacci hashing
KEY_BYTES = 16
_SLOTS_PER_WORD = 32


class TokenFilter:
    """A small hash table of the first sixteen bytes of the wanted words.

    A wanted word always passes; about one other in 32 does too, and all that
    begin with the same sixteen bytes.

    Args:
        words: The wanted words in UTF-8.
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
        """The bytes of each token up to its first space, two times eight at most.

        `text` must go on for sixteen bytes after the last of `starts`.
        """
        # A view of the eight bytes that begin at every byte.
        words = np.ndarray((len(text) - 7,), "<u8", text, strides=(1,))
        first, has_space = _up_to_space(words[starts])
        second, _ = _up_to_space(words[starts + 8])
        return first, second * ~has_space

    def candidates(self, first: Keys, second: Keys) -> NDArray[np.intp]:
        """The places of keys that may be wanted."""
        return np.flatnonzero(self._table[self._slots(first, second)])

    def non_ascii(self, first: Keys, second: Keys) -> NDArray[np.intp]:
        """The places of keys with a byte outside ASCII."""
        return np.flatnonzero((first | second) & _HIGH_BITS)

    def _slots(self, first: Keys, second: Keys) -> Keys:
        # The fold keeps the second half's low bits from cancelling out in the top ones.
        mixed = (first ^ (first >> np.uint64(29))) * _GOLDEN + second
        return ((mixed ^ (mixed >> np.uint64(32))) * _GOLDEN) >> self._shift


def _up_to_space(words: Keys) -> tuple[Keys, NDArray[np.bool_]]:
    """The bytes before the first space, and whether there is one."""
    spaces = words ^ _SPACES
    marks = (spaces - _ONES) & ~spaces & _HIGH_BITS
    return words & (marks - np.uint64(1)) & ~marks, marks != 0
