"""A seeded shuffle that any batch can look up on its own.

Windows are shuffled by a pure function of (seed, epoch, position): workers, phantom
passes and restarts cannot change it, and nothing of the size of the data is kept when
the data are large. A Feistel network permutes `[0, 4**k)`; positions that land outside
`[0, n)` walk on until they fall inside (Black and Rogaway, "Ciphers with arbitrary finite
domains", 2002).
"""

import numpy as np
import numpy.typing as npt

_ROUNDS = 6
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio


class Permutation:
    """A permutation of `range(n)`, computed where it is asked.

    Args:
        n: Number of items.
        seed: Any integer; the same one gives the same order everywhere.
        epoch: Another order for the same seed.

    >>> order = Permutation(5, seed=0, epoch=0)
    >>> sorted(order(np.arange(5)).tolist())
    [0, 1, 2, 3, 4]
    """

    def __init__(self, n: int, seed: int, epoch: int) -> None:
        self.n = n
        self._half = np.uint64(max(1, -(-max(n - 1, 1).bit_length() // 2)))
        self._low = np.uint64((1 << int(self._half)) - 1)
        entropy = [seed & (2**64 - 1), epoch]
        self._keys = np.random.SeedSequence(entropy).generate_state(_ROUNDS, np.uint64)

    def __call__(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The items at `positions`."""
        items = self._scramble(positions.astype(np.uint64))
        outside = np.flatnonzero(items >= self.n)
        while outside.size:
            items[outside] = self._scramble(items[outside])
            outside = outside[items[outside] >= self.n]
        return items.astype(np.int64)

    def _scramble(self, items: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        left, right = items >> self._half, items & self._low
        # 32 high bits of the product are well mixed; the half block takes its share of them.
        shift = np.uint64(64) - self._half
        for key in self._keys:
            mixed = (right + np.uint64(1)) * _MULTIPLIER ^ key
            mixed ^= mixed >> np.uint64(29)
            left, right = right, left ^ ((mixed * _MULTIPLIER) >> shift)
        return (left << self._half) | right


# Above this many items the order is computed batch by batch instead of kept (32 MB).
_LARGEST_KEPT = 2**23


class ShuffledOrder:
    """The order of each epoch, the current one kept unless it is very long.

    Args:
        n: Number of items.
        seed: Of all epochs.
    """

    def __init__(self, n: int, seed: int) -> None:
        self.n, self.seed = n, seed
        self._kept: tuple[int, npt.NDArray[np.uint32]] | None = None

    def __call__(self, epoch: int, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The items at `positions` in an epoch."""
        if self.n > _LARGEST_KEPT:
            return Permutation(self.n, self.seed, epoch)(positions)
        kept = self._kept  # read once: another thread may replace it
        if kept is None or kept[0] != epoch:
            order = Permutation(self.n, self.seed, epoch)(np.arange(self.n))
            kept = self._kept = (epoch, order.astype(np.uint32))
        return kept[1][positions].astype(np.int64)

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_kept": None}  # made again from the seed where it is needed
