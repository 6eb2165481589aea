"""Seeded shuffle that can be evaluated at any position.

The order of the windows is a pure function of (seed, epoch, position). Worker threads, restarts
and additional passes by Keras therefore cannot change it, and a large data set needs no array of
its size in memory.

The permutation is a Feistel network, the construction of block ciphers. It splits a number of
`2k` bits into two halves of `k` bits and, in each round, replaces `(left, right)` by
`(right, left ^ f(right))`. Such a round is invertible for any function `f`, so several rounds
permute `range(4**k)`. For `range(n)`, the smallest `k` with `4**k >= n` is used, and the network is
applied repeatedly to a number until the result is below `n` ("cycle walking"; Black and Rogaway,
"Ciphers with arbitrary finite domains", 2002). The result is still a permutation: the cycle of
the large permutation that contains a number below `n` returns to such a number. At most four
applications are needed on average, because `4**k <= 4 * n`.
"""

import numpy as np
import numpy.typing as npt

# The order must look random, not be secure, so a few cheap rounds suffice. Changing either constant
# changes the order of every seed.
_ROUNDS = 6
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio


class Permutation:
    """A permutation of `range(n)` that is computed on demand.

    Args:
        n: Number of items.
        seed: Any integer. The same seed gives the same order on every machine.
        epoch: Number of the epoch; each epoch has a different order.

    >>> order = Permutation(5, seed=0, epoch=0)
    >>> sorted(order(np.arange(5)).tolist())
    [0, 1, 2, 3, 4]
    """

    def __init__(self, n: int, seed: int, epoch: int) -> None:
        self.n = n
        # Half of the bits of the largest item, rounded up: both halves must have the same width.
        self._half_bits = np.uint64(max(1, -(-max(n - 1, 1).bit_length() // 2)))
        self._half_mask = np.uint64((1 << int(self._half_bits)) - 1)
        entropy = [seed & (2**64 - 1), epoch]
        self._keys = np.random.SeedSequence(entropy).generate_state(_ROUNDS, np.uint64)

    def __call__(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the items at `positions`."""
        items = self._scramble(positions.astype(np.uint64))
        # Cycle walking: apply the network again to the items outside of `range(n)`.
        outside = np.flatnonzero(items >= self.n)
        while outside.size:
            items[outside] = self._scramble(items[outside])
            outside = outside[items[outside] >= self.n]
        return items.astype(np.int64)

    def _scramble(self, items: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Apply the Feistel network, a permutation of `range(4**k)` with `k` bits per half."""
        left, right = items >> self._half_bits, items & self._half_mask
        # The high bits of a product depend on all bits of its factors, the low bits do not. The
        # round function therefore returns the `half_bits` highest bits. Overflow is intended.
        shift = np.uint64(64) - self._half_bits
        for key in self._keys:
            mixed = (right + np.uint64(1)) * _MULTIPLIER ^ key  # + 1: a product with 0 is 0
            mixed ^= mixed >> np.uint64(29)
            left, right = right, left ^ ((mixed * _MULTIPLIER) >> shift)
        return (left << self._half_bits) | right


# An order of more items is computed batch by batch instead of cached (32 MB at 4 bytes per item).
_MAX_CACHED_ITEMS = 2**23


class ShuffledOrder:
    """The order of each epoch; the current one is cached unless it is very long.

    Args:
        n: Number of items.
        seed: Seed of all epochs.
    """

    def __init__(self, n: int, seed: int) -> None:
        self.n, self.seed = n, seed
        self._cached: tuple[int, npt.NDArray[np.uint32]] | None = None

    def __call__(self, epoch: int, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the items at `positions` in an epoch."""
        if self.n > _MAX_CACHED_ITEMS:
            return Permutation(self.n, self.seed, epoch)(positions)
        # Read the attribute once, without a lock: another thread may replace it at any time, and
        # at worst two threads compute the same order.
        cached = self._cached
        if cached is None or cached[0] != epoch:
            order = Permutation(self.n, self.seed, epoch)(np.arange(self.n))
            cached = self._cached = (epoch, order.astype(np.uint32))
        return cached[1][positions].astype(np.int64)

    def __getstate__(self) -> dict[str, object]:
        # The cached order is not pickled: it can be computed again from the seed.
        return {**self.__dict__, "_cached": None}
