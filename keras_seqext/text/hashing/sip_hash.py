"""SipHash-2-4 of many strings at once, in NumPy.

The results are equal to those of TensorFlow's `to_hash_bucket_strong` bit for bit. As in C,
arithmetic on uint64 arrays wraps around modulo 2**64.
"""

import numpy as np

from keras_seqext.text.tokens.byte_strings import ByteStrings, UInt64s, longest_first


def sip_hash64(strings: ByteStrings, key: tuple[int, int]) -> UInt64s:
    """Hash each string with a 128-bit key.

    Args:
        strings: Strings to hash.
        key: Both halves of the key. Negative integers are read in two's complement.

    Returns:
        Array of `uint64` with one hash per string.

    Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012;
    https://www.aumasson.jp/siphash/siphash.pdf

    >>> from keras_seqext.text.tokens.byte_strings import pack_strings
    >>> sip_hash64(pack_strings(["A", "B", "C", "D", "E"]), (133, 137)) % np.uint64(3)
    array([1, 2, 1, 0, 2], dtype=uint64)
    """
    # Longest first: the strings that have a word number `word` form a prefix of the arrays, so
    # that the state is updated in place through views.
    order = longest_first(strings.lengths >> 3)
    start, length = strings.starts[order], strings.lengths[order]
    whole_words = length >> 3
    words = strings.words()
    state = np.empty((4, len(order)), np.uint64)
    for row, (half, constant) in enumerate(zip((0, 1, 0, 1), _INITIAL, strict=True)):
        state[row] = np.uint64((key[half] & _MASK64) ^ constant)
    for word in range(int(whole_words.max(initial=0))):
        active = int(np.searchsorted(-whole_words, -word, side="left"))  # strings with more words
        _absorb(state[:, :active], words[start[:active] + 8 * word])
    rest = (length & 7).astype(np.uint64)
    # The last word holds the remaining 0 to 7 bytes, then zeros, then the length modulo 256 in
    # its highest byte. The mask removes bytes of the next string. It is computed as
    # 2**(8 * rest) - 1, because the alternative, a right shift of 64 - 8 * rest bits, is
    # undefined for rest = 0.
    mask = (np.uint64(1) << (rest * np.uint64(8))) - np.uint64(1)
    tail = words[start + 8 * whole_words] & mask
    _absorb(state, tail | (length.astype(np.uint64) << np.uint64(56)))
    state[2] ^= np.uint64(0xFF)
    for _ in range(4):
        _round(state)
    hashes = np.empty(len(order), np.uint64)
    hashes[order] = state[0] ^ state[1] ^ state[2] ^ state[3]
    return hashes


_MASK64 = (1 << 64) - 1
# The constants of the paper: "somepseudorandomlygeneratedbytes" in ASCII.
_INITIAL = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)


def _rotate(value: UInt64s, left: int) -> None:
    # In place: `value` is a row of the state.
    high = value >> np.uint64(64 - left)
    value <<= np.uint64(left)
    value |= high


def _round(state: UInt64s) -> None:
    # The steps of the paper, one pair of words at a time. The pairs (a, b) and (c, d), and then
    # (a, d) and (c, b), have no word in common, so their order does not change the result.
    a, b, c, d = state
    for x, y, left in ((a, b, 13), (c, d, 16), (a, d, 21), (c, b, 17)):
        x += y
        _rotate(y, left)
        y ^= x
        if left in (13, 17):  # `a` after the first step, `c` after the last one
            _rotate(x, 32)


def _absorb(state: UInt64s, message: UInt64s) -> None:
    state[3] ^= message
    for _ in range(2):
        _round(state)
    state[0] ^= message
