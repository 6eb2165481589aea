"""Division of each batch among the workers of data-parallel training."""

from dataclasses import dataclass

from keras_seqext._common.validation import checked_integer


@dataclass(frozen=True)
class Shard:
    """Worker `index` of `count` workers.

    >>> [Shard(i, 3).part_of(10, 17) for i in range(3)]
    [(10, 13), (13, 15), (15, 17)]
    """

    index: int
    count: int

    def part_of(self, start: int, stop: int) -> tuple[int, int]:
        """Return the contiguous part of `start:stop` for this worker; sizes differ by at most 1."""
        size, more = divmod(stop - start, self.count)
        first = start + self.index * size + min(self.index, more)
        return first, first + size + (self.index < more)


def checked_shard(index: int, count: int, batch_size: int, last_batch: int, seeded: bool) -> Shard:
    """Return the shard of a worker, or raise an error if the batches cannot be divided.

    Args:
        index: Index of the worker.
        count: Number of workers.
        batch_size: Number of windows per batch, of all workers together.
        last_batch: Number of windows in the last batch.
        seeded: Whether all workers have the same order without communication.
    """
    count = checked_integer("count", count, 1)
    index = checked_integer("index", index, 0)
    if index >= count:
        raise ValueError(
            f"`index` must be one of 0 to {count - 1}, the number of the worker. "
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
            "all workers must shuffle in the same order. Received: shuffle=True without a seed. "
            "Pass the same `seed` to the dataset in every worker."
        )
    return Shard(index, count)
