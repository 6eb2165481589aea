"""FarmHash `Fingerprint64` of many strings at once, in NumPy.

A port of `farmhashna::Hash64` of the C++ library. The results must be equal to those of
TensorFlow bit for bit, so the functions follow the branches, the order of operations and the
variable names of the C++ code. They rely on the fact that NumPy's uint64 arrays wrap around
modulo 2**64 as in C++. Every operand is explicitly uint64, because NumPy converts a mix of
uint64 and int64 to float64 and would lose bits.
"""

import numpy as np
from numpy.typing import NDArray

from keras_seqext.text.tokens.byte_strings import ByteStrings, UInt64s, longest_first

_K0 = np.uint64(0xC3A5C85C97CB3127)
_K1 = np.uint64(0xB492B66FBE98F273)
_K2 = np.uint64(0x9AE16A3B2F90404F)
_LOW32 = np.uint64(0xFFFFFFFF)


def farm_fingerprint64(strings: ByteStrings) -> UInt64s:
    """Compute the fingerprint of each string, which is equal on every machine and release.

    Returns:
        Array of `uint64` with one fingerprint per string.

    Source: FarmHash `Fingerprint64` (Geoff Pike, Google, 2014), the hash function of
    TensorFlow's `to_hash_bucket_fast`.

    >>> from keras_seqext.text.tokens.byte_strings import pack_strings
    >>> farm_fingerprint64(pack_strings(["A", "B", "C", "D", "E"])) % np.uint64(3)
    array([1, 0, 1, 1, 2], dtype=uint64)
    """
    words, starts, lengths = strings.words(), strings.starts, strings.lengths
    first = words[starts]
    hashes = np.full(len(strings), _K2)  # the hash of the empty string
    # FarmHash has a different formula for each range of lengths. Each formula is evaluated on
    # the strings of its range only. Most words have at most 7 bytes: all of their bytes are in
    # `first`, so that the buffer is read once.
    for shortest, longest, hash_short in _SHORT:
        chosen = np.flatnonzero((lengths >= shortest) & (lengths <= longest))
        if len(chosen):
            hashes[chosen] = hash_short(first[chosen], lengths[chosen])
    if lengths.max(initial=0) < _LONG[0][0]:
        return hashes
    for shortest, longest, hash_long in _LONG:
        chosen = np.flatnonzero((lengths >= shortest) & (lengths <= longest))
        if len(chosen):
            hashes[chosen] = hash_long(words, starts[chosen], lengths[chosen])
    return hashes


def _rotate(value: UInt64s, right: int) -> UInt64s:
    return (value >> np.uint64(right)) | (value << np.uint64(64 - right))


def _shift_mix(value: UInt64s) -> UInt64s:
    return value ^ (value >> np.uint64(47))


def _mix_two(u: UInt64s, v: UInt64s, multiplier: UInt64s) -> UInt64s:
    a = _shift_mix((u ^ v) * multiplier)
    return _shift_mix((v ^ a) * multiplier) * multiplier


def _multiplier(length: NDArray[np.int64]) -> UInt64s:
    return _K2 + length.astype(np.uint64) * np.uint64(2)


def _hash_1_to_3(word: UInt64s, length: NDArray[np.int64]) -> UInt64s:
    # The bytes at 0, length // 2 and length - 1 are shifted out of the word: `word` also holds
    # bytes of the next string, so it cannot be used as a whole.
    byte, size = np.uint64(0xFF), length.astype(np.uint64)
    middle, last = (size >> np.uint64(1)) << np.uint64(3), (size - np.uint64(1)) << np.uint64(3)
    y = (word & byte) + (((word >> middle) & byte) << np.uint64(8))
    z = size + (((word >> last) & byte) << np.uint64(2))
    return _shift_mix(y * _K2 ^ z * _K0) * _K2


def _hash_4_to_7(word: UInt64s, length: NDArray[np.int64]) -> UInt64s:
    # Two overlapping reads of 4 bytes, at both ends of the string. All longer formulas also
    # read whole words up to the end of the string, so that no byte needs to be masked.
    size = length.astype(np.uint64)
    last = (word >> ((size - np.uint64(4)) << np.uint64(3))) & _LOW32
    return _mix_two(size + ((word & _LOW32) << np.uint64(3)), last, _multiplier(length))


def _hash_8_to_16(words: UInt64s, start: NDArray[np.int64], length: NDArray[np.int64]) -> UInt64s:
    multiplier = _multiplier(length)
    a, b = words[start] + _K2, words[start + length - 8]
    c = _rotate(b, 37) * multiplier + a
    d = (_rotate(a, 25) + b) * multiplier
    return _mix_two(c, d, multiplier)


def _hash_17_to_32(words: UInt64s, start: NDArray[np.int64], length: NDArray[np.int64]) -> UInt64s:
    multiplier = _multiplier(length)
    a, b = words[start] * _K1, words[start + 8]
    c, d = words[start + length - 8] * multiplier, words[start + length - 16] * _K2
    u = _rotate(a + b, 43) + _rotate(c, 30) + d
    return _mix_two(u, a + _rotate(b + _K2, 18) + c, multiplier)


def _hash_33_to_64(words: UInt64s, start: NDArray[np.int64], length: NDArray[np.int64]) -> UInt64s:
    multiplier, end = _multiplier(length), start + length
    a, b = words[start] * _K2, words[start + 8]
    c, d = words[end - 8] * multiplier, words[end - 16] * _K2
    y = _rotate(a + b, 43) + _rotate(c, 30) + d
    z = _mix_two(y, a + _rotate(b + _K2, 18) + c, multiplier)
    e, f = words[start + 16] * multiplier, words[start + 24]
    g, h = (y + words[end - 32]) * multiplier, (z + words[end - 24]) * multiplier
    u = _rotate(e + f, 43) + _rotate(g, 30) + h
    return _mix_two(u, e + _rotate(f + a, 18) + g, multiplier)


def _mix_half_block(
    words: UInt64s, at: NDArray[np.int64], a: UInt64s, b: UInt64s
) -> tuple[UInt64s, UInt64s]:
    """Mix 32 bytes into a pair of words; `WeakHashLen32WithSeeds` of the C++ code."""
    first, last = words[at], words[at + 24]
    a = a + first
    b = _rotate(b + a + last, 21)
    total = a + words[at + 8] + words[at + 16]
    return total + last, b + _rotate(total, 44) + a


def _mix_block(
    words: UInt64s, at: NDArray[np.int64], state: UInt64s, k: UInt64s | np.uint64, weight: int
) -> tuple[UInt64s, ...]:
    """Mix 64 bytes into the state of seven words: x, y, z and the pairs v and w."""
    x, y, z, v0, v1, w0, w1 = state
    times = np.uint64(weight)
    x = _rotate(x + y + v0 + words[at + 8], 37) * k
    y = _rotate(y + v1 + words[at + 48], 42) * k
    x = x ^ (w1 * times)
    y = y + v0 * times + words[at + 40]
    z = _rotate(z + w0, 33) * k
    v0, v1 = _mix_half_block(words, at, v1 * k, x + w0)
    w0, w1 = _mix_half_block(words, at + 32, z + w1, y + words[at + 16])
    return z, y, x, v0, v1, w0, w1  # the C++ code swaps x and z after each block


def _hash_over_64(words: UInt64s, start: NDArray[np.int64], length: NDArray[np.int64]) -> UInt64s:
    # Longest first: the strings that have a block number `block` form a prefix of the arrays.
    # The loop then works on views and needs no mask and no copy of the state.
    order = longest_first((length - 1) // 64)
    start, length = start[order], length[order]
    blocks = (length - 1) // 64
    state = np.zeros((7, len(start)), np.uint64)
    seed = np.full(len(start), np.uint64(81))
    state[0] = seed * _K2 + words[start]
    state[1] = seed * _K1 + np.uint64(113)
    state[2] = _shift_mix(state[1] * _K2 + np.uint64(113)) * _K2
    for block in range(int(blocks[0])):
        active = int(np.searchsorted(-blocks, -block, side="left"))  # strings with more blocks
        state[:, :active] = _mix_block(
            words, start[:active] + 64 * block, state[:, :active], _K1, 1
        )
    # The last 64 bytes are a block in any case. It overlaps the block before unless the length
    # is a multiple of 64, and it has its own multiplier `k` and the weight 9.
    k = _K1 + ((state[2] & np.uint64(0xFF)) << np.uint64(1))
    state[5] += ((length - 1) & 63).astype(np.uint64)
    state[3] += state[5]
    state[5] += state[3]
    x, y, z, v0, v1, w0, w1 = _mix_block(words, start + length - 64, state, k, 9)
    hashes = np.empty_like(seed)
    u = _mix_two(v0, w0, k) + _shift_mix(y) * _K0 + z
    hashes[order] = _mix_two(u, _mix_two(v1, w1, k) + x, k)
    return hashes


# Shortest length, longest length and formula.
_SHORT = ((1, 3, _hash_1_to_3), (4, 7, _hash_4_to_7))
_LONG = (
    (8, 16, _hash_8_to_16),
    (17, 32, _hash_17_to_32),
    (33, 64, _hash_33_to_64),
    (65, np.iinfo(np.int64).max, _hash_over_64),
)
