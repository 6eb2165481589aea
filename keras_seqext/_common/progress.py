"""Progress of what takes long, for people at a terminal only."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

DISPLAY_DELAY = 2.0
"""Seconds before anything is shown: what is done by then needs no bar."""


def _one(item: object) -> int:
    return 1


def show_progress(
    items: Iterable[Item], doing: str, unit: str, size: Callable[[Item], int] = _one
) -> Iterable[Item]:
    """The same items; from two seconds on, a terminal shows how many have come.

    Where standard error is no terminal, `items` itself is returned: it costs nothing.

    Args:
        items: Any iterable.
        doing: What takes long, as in "counting words".
        unit: What is counted, as in "documents"; "bytes" are written as kB, MB and so on.
        size: How much an item counts.
    """
    stream = sys.stderr
    if stream is None or not stream.isatty():
        return items
    return _shown(items, doing, unit, size)


def _shown(
    items: Iterable[Item], doing: str, unit: str, size: Callable[[Item], int]
) -> Iterator[Item]:
    start, done, bar = time.monotonic(), 0, None
    try:
        for item in items:
            amount = size(item)
            yield item
            done += amount
            if bar is None and time.monotonic() - start > DISPLAY_DELAY:
                bar = _Line(doing, unit)
            if bar is not None:
                bar.update(done)
    finally:
        if bar is not None:
            bar.stop()


class _Line:
    """One line that goes when all is done."""

    def __init__(self, doing: str, unit: str) -> None:
        # Keras brings rich; importing it costs more than most of what is tracked.
        from rich.console import Console
        from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        counted = (
            DownloadColumn() if unit == "bytes" else TextColumn("{task.completed:,.0f} " + unit)
        )
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            counted,
            Elapsed(),
            console=Console(stderr=True),
            transient=True,
        )
        self._progress.start()
        self._task = self._progress.add_task(doing, total=None)

    def update(self, done: int) -> None:
        self._progress.update(self._task, completed=done)

    def stop(self) -> None:
        self._progress.stop()
