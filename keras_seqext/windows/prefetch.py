"""Threads that make the next batches in advance."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Prefetcher:
    """Returns batches by index, and prefetches the following ones while access is sequential.

    The queue that Keras uses for `workers > 1` is not used. On JAX and torch (Keras 3.15) it
    passes the batches left over from one pass on to the next pass: the first epoch repeats some
    batches and misses others, and the orders of different epochs are mixed. Here, batches are
    stored by `(epoch, index)`, so that one batch cannot be returned in place of another. Threads
    suffice because NumPy releases the global interpreter lock while it copies rows.

    Args:
        make: Makes the batch for `(epoch, index)`.
        workers: Number of threads.
        depth: Maximum number of batches made in advance.
    """

    def __init__(self, make: Callable[[int, int], Any], workers: int, depth: int) -> None:
        self._make, self._depth = make, depth
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="TimeseriesWindow")
        self._lock = threading.Lock()
        self._started: dict[tuple[int, int], Future[Any]] = {}
        self._expected = 0

    def get(self, epoch: int, index: int, count: int) -> Any:
        """Return batch `index` of `count`, from the prefetched batches if it is among them."""
        with self._lock:
            found = self._started.pop((epoch, index), None)
            # Random access, e.g. after Keras has permuted the batches, makes the next index
            # unpredictable: then nothing is prefetched.
            in_order = index == self._expected
            self._expected = (index + 1) % count
            ahead = range(index + 1, min(index + 1 + self._depth, count)) if in_order else ()
            # Batches of another epoch, or out of reach, would never be requested again.
            for key in [k for k in self._started if k[0] != epoch or k[1] not in ahead]:
                self._started.pop(key).cancel()
            for i in ahead:
                if (epoch, i) not in self._started:
                    self._started[epoch, i] = self._pool.submit(self._make, epoch, i)
        # Outside of the lock, so that other threads can request batches in the meantime.
        return self._make(epoch, index) if found is None else found.result()
