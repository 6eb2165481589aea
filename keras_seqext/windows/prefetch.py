"""Threads that make the next batches before they are asked for."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Prefetcher:
    """Hands out batches by index, and starts on the following ones while they are in order.

    Keras has a queue for `workers > 1`, but on JAX and torch (seen in 3.15) it hands what is
    left of one pass to the next: the first epoch repeats some batches and misses others, and
    epochs that differ get mixed. Batches here are kept by `(epoch, index)`, so that none can
    stand in for another. Threads are enough: copying rows releases the lock of the interpreter.

    Args:
        make: Makes the batch `(epoch, index)`.
        workers: Number of threads.
        depth: Batches made ahead at most.
    """

    def __init__(self, make: Callable[[int, int], Any], workers: int, depth: int) -> None:
        self._make, self._depth = make, depth
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="TimeseriesWindow")
        self._lock = threading.Lock()
        self._started: dict[tuple[int, int], Future[Any]] = {}
        self._expected = 0

    def get(self, epoch: int, index: int, count: int) -> Any:
        """Batch `index` of `count`, from those made ahead if it is there."""
        with self._lock:
            found = self._started.pop((epoch, index), None)
            in_order = index == self._expected
            self._expected = (index + 1) % count
            wanted = range(index + 1, min(index + 1 + self._depth, count)) if in_order else ()
            for key in [k for k in self._started if k[0] != epoch or k[1] not in wanted]:
                self._started.pop(key).cancel()
            for i in wanted:
                if (epoch, i) not in self._started:
                    self._started[epoch, i] = self._pool.submit(self._make, epoch, i)
        return self._make(epoch, index) if found is None else found.result()
