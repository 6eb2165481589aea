"""Which part of each batch one of several workers makes."""

from dataclasses import dataclass

from keras_seqext._common.validation import checked_integer


@dataclass(frozen=True)
class Shard:
    """Worker `index` of `count`.

    >>> [Shard(i, 3).part_of(10, 17) for i in range(3)]
    [(10, 13), (13, 15), (15, 17)]
    """

    index: int
    count: int

    def part_of(self, start: int, stop: int) -> tuple[int, int]:
        """Its neighbouring windows out of `start:stop`; sizes differ by one at most."""
        size, more = divmod(stop - start, self.count)
        first = start + self.index * size + min(self.index, more)
        return first, first + size + (self.index < more)


def checked_shard(index: int, count: int, batch_size: int, last_batch: int, seeded: bool) -> Shard:
    """The shard, or an error that says what was expected.

    Args:
        index: Of the worker.
        count: Of workers.
        batch_size: Windows in a batch of all workers together.
        last_batch: Windows in the last batch.
        seeded: Whether all workers get the same order without talking to each other.
    """
    count = checked_integer("count", count, 1)
    index = checked_integer("index", index, 0)
    if index >= count:
        raise ValueError(
            f"`index` must be one of 0 to {count - 1}, the worker's number. "
            f"Received: index={index}, count={count}."
        )
    if batch_size % count:
        low = batch_size - batch_size % count
        nearest = " or ".join(str(n) for n in (low, low + count) if n)
        raise ValueError(
            "`batch_size` is that of all workers together and must be a multiple of `count`. "
            f"Received: batch_size={batch_size}, count={count}. Use batch_size={nearest}."
        )
    if last_batch < count:
        raise ValueError(
            f"the last batch has {last_batch} windows, too few for {count} workers. "
            "Pass drop_remainder=True, or another `batch_size`."
        )
    if not seeded:
        raise ValueError(
            "workers that shuffle must agree on the order. Received: shuffle=True without a seed. "
            "Pass the same `seed` to the dataset in every worker."
        )
    return Shard(index, count)
