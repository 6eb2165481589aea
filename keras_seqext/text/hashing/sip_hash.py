"""SipHash-2-4 of many strings at once, in NumPy."""

import numpy as np

from keras_seqext.text.tokens.byte_strings import ByteStrings, UInt64s, longest_first


def sip_hash64(strings: ByteStrings, key: tuple[int, int]) -> UInt64s:
    """Hashes each string under a 128-bit key.

    Args:
        strings: what to hash.
        key: the two halves; negative ones are read in two's complement.

    Returns:
        `uint64`, one for each string.

    Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012;
    https://www.aumasson.jp/siphash/siphash.pdf

    >>> from keras_seqext.text.tokens.byte_strings import pack_strings
    >>> sip_hash64(pack_strings(["A", "B", "C", "D", "E"]), (133, 137)) % np.uint64(3)
    array([1, 2, 1, 0, 2], dtype=uint64)
    """
    # Longest first, so that the strings with another word to go are always the first ones.
    order = longest_first(strings.lengths >> 3)
    start, length = strings.starts[order], strings.lengths[order]
    whole_words = length >> 3
    words = strings.words()
    state = np.empty((4, len(order)), np.uint64)
    for row, (half, constant) in enumerate(zip((0, 1, 0, 1), _INITIAL, strict=True)):
        state[row] = np.uint64((key[half] & _MASK64) ^ constant)
    for word in range(int(whole_words.max(initial=0))):
        active = int(np.searchsorted(-whole_words, -word, side="left"))
        _absorb(state[:, :active], words[start[:active] + 8 * word])
    rest = (length & 7).astype(np.uint64)
    # Shifting a 64-bit word by 64 is undefined, so the mask of the bytes kept never does.
    keep = (np.uint64(1) << (rest * np.uint64(8))) - np.uint64(1)
    tail = words[start + 8 * whole_words] & keep
    _absorb(state, tail | (length.astype(np.uint64) << np.uint64(56)))
    state[2] ^= np.uint64(0xFF)
    for _ in range(4):
        _round(state)
    hashes = np.empty(len(order), np.uint64)
    hashes[order] = state[0] ^ state[1] ^ state[2] ^ state[3]
    return hashes


_MASK64 = (1 << 64) - 1
# ASCII "somepseudorandomlygeneratedbytes", the constants of the paper.
_INITIAL = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)


def _rotate(value: UInt64s, left: int) -> None:
    high = value >> np.uint64(64 - left)
    value <<= np.uint64(left)
    value |= high


def _round(state: UInt64s) -> None:
    a, b, c, d = state
    for x, y, left in ((a, b, 13), (c, d, 16), (a, d, 21), (c, b, 17)):
        x += y
        _rotate(y, left)
        y ^= x
        if left in (13, 17):
            _rotate(x, 32)


def _absorb(state: UInt64s, message: UInt64s) -> None:
    state[3] ^= message
    for _ in range(2):
        _round(state)
    state[0] ^= message
