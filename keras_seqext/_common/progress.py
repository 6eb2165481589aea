"""Progress display of long operations, at a terminal only."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

DISPLAY_DELAY = 2.0
"""Seconds before the display appears, so that a short operation shows nothing."""


def _count_one(item: object) -> int:
    return 1


def show_progress(
    items: Iterable[Item], doing: str, unit: str, size: Callable[[Item], int] = _count_one
) -> Iterable[Item]:
    """Iterate over `items`, and show the progress at a terminal after two seconds.

    If standard error is not a terminal, `items` itself is returned, without any overhead.

    Args:
        items: Any iterable.
        doing: Description of the operation, such as "counting words".
        unit: Plural noun of the unit, such as "documents"; "bytes" are formatted as kB, MB, etc.
        size: Returns the number of units in an item. Defaults to 1 for each item.
    """
    stream = sys.stderr
    if stream is None or not stream.isatty():
        return items
    return _with_display(items, doing, unit, size)


def _with_display(
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
    """A status line that disappears when the operation ends."""

    def __init__(self, doing: str, unit: str) -> None:
        # Imported here because importing rich takes longer than most operations that use this
        # module. It is installed with Keras.
        from rich.console import Console
        from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        amount = (
            DownloadColumn() if unit == "bytes" else TextColumn("{task.completed:,.0f} " + unit)
        )
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            amount,
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
