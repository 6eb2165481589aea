"""Calls interrupted at each line by another call, which reveals shared state reliably."""

import inspect
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

# Seconds. A call that waits for a lock of the interrupted call does not end before that call.
WAIT = 2.0
# Seconds for all interruptions; a short call is interrupted at every line.
BUDGET = 1.0


class Interleaved:
    """Run of a function in a thread, and of another in a second thread before each of its lines.

    Args:
        function: Function that is interrupted.
        other: Function that runs in the interruptions.
        files: Files in which lines are interrupted.
        only: Index of the only line to interrupt, in the order of execution; all by default.
    """

    def __init__(
        self,
        function: Callable[[], Any],
        other: Callable[[], Any],
        files: Iterable[str],
        only: int | None = None,
    ) -> None:
        self.function, self.other, self.files, self.only = function, other, set(files), only
        self.seen: set[Any] = set()
        self.stuck, self.spent = False, 0.0
        self.others: list[Any] = []
        self.errors: list[BaseException] = []

    def run(self) -> Any:
        """Return the result of `function`; the results of `other` are in `others`.

        Raises:
            Exception: The first exception of either function.
        """
        result: list[Any] = []

        def traced() -> None:
            sys.settrace(self._trace)
            try:
                result.append(self.function())
            except BaseException as error:
                self.errors.append(error)
            finally:
                sys.settrace(None)

        thread = threading.Thread(target=traced, daemon=True)
        thread.start()
        thread.join()
        if self.errors:
            raise self.errors[0]
        return result[0]

    def _trace(self, frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self.files:
            return None
        place = (frame.f_code, frame.f_lineno)
        if event == "line" and place not in self.seen and not self.stuck:
            number = len(self.seen)
            self.seen.add(place)
            if self.only in (None, number) and self.spent < BUDGET:
                begin = time.perf_counter()
                self._interrupt()
                self.spent += time.perf_counter() - begin
        return self._trace

    def _interrupt(self) -> None:
        def work() -> None:
            try:
                self.others.append(self.other())
            except BaseException as error:
                self.errors.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(WAIT)
        self.stuck = thread.is_alive()


def files_of(objects: Iterable[Any], method: str, base: type) -> set[str]:
    """Return the files in which the classes of the objects, up to `base`, define a method."""
    found = set()
    for thing in objects:
        for cls in type(thing).__mro__:
            if cls is base:
                break
            function = inspect.unwrap(vars(cls).get(method, None) or _nothing)
            if function is not _nothing and hasattr(function, "__code__"):
                found.add(function.__code__.co_filename)
    return found


def _nothing() -> None:
    return None
