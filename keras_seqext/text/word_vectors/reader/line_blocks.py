"""Cuts a stream into large blocks of whole lines and finds where each line starts."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import IO, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

BLOCK_BYTES = 1 << 21
NEWLINE, SPACE = 10, 32
SLACK = 16
"""Bytes that may be read after the start of any line, whatever they are."""

# Times 2**(8 * k), the mark of byte k, the top four bits of this are k.
_BYTE_OF_MARK = np.uint64(sum(k << (60 - 8 * k) for k in range(8)))

T = TypeVar("T")


class LineError(Exception):
    """What is wrong with a line; `index` counts from the first line of its block."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = int(index)


class LineBlock:
    """A buffer of whole lines, filled again and again.

    After `find_lines`, `text[starts[i]:ends[i]]` is line i without its newline.

    Args:
        size: Bytes that fit in; a multiple of eight.
    """

    def __init__(self, size: int) -> None:
        self.text = bytearray(size + SLACK)
        self.view = memoryview(self.text)[:size]
        self.characters = np.frombuffer(self.text, np.uint8)
        self.end = 0
        self.starts = self.ends = np.empty(0, np.intp)
        self._flags = np.empty(size + 8, np.bool_)
        self._word_flags = np.empty(size // 8 + 1, np.bool_)

    def find_lines(self) -> None:
        """Sets `starts` and `ends`."""
        np.equal(self.characters[: self._flags.size], NEWLINE, out=self._flags)
        self._flags[self.end :] = False
        # Few flags are set: looking for eight at once takes half the time of `flatnonzero`.
        words = self._flags.view("<u8")
        places = np.flatnonzero(np.not_equal(words, 0, out=self._word_flags))
        marks = words[places]
        if np.any(marks & (marks - np.uint64(1))):
            self.ends = np.flatnonzero(self._flags)
        else:
            within = (marks * _BYTE_OF_MARK) >> np.uint64(60)
            self.ends = places * 8 + within.astype(np.intp)
        self.starts = np.zeros_like(self.ends)
        np.add(self.ends[:-1], 1, out=self.starts[1:])

    def are_spaces(self) -> NDArray[np.bool_]:
        """Which characters are spaces, in memory that the next call uses again."""
        return np.equal(self.characters[: self.end], SPACE, out=self._flags[: self.end])

    def line(self, i: int) -> bytes:
        """Line i without the spaces and line break that end it."""
        return self.view[self.starts[i] : self.ends[i]].tobytes().rstrip(b" \t\r")


def line_blocks(
    stream: IO[bytes], buffers: int = 1, block_bytes: int = BLOCK_BYTES
) -> Iterator[LineBlock]:
    """Yields all lines of `stream`, in `buffers` blocks by turns."""
    size = -(-block_bytes // 8) * 8
    blocks: list[LineBlock] = []
    turn, rest = 0, bytearray()
    while True:
        if turn < buffers:
            blocks.append(LineBlock(size))
        block = blocks[turn % buffers]
        block.view[: len(rest)] = rest
        filled = len(rest) + _fill(stream, block.view[len(rest) : size])
        at_end = filled < size
        if at_end and filled and block.text[filled - 1] != NEWLINE:
            block.text[filled] = NEWLINE  # no newline at the end of the file
            filled += 1
        block.end = block.text.rfind(b"\n", 0, filled) + 1
        if block.end:
            # The caller may still be at work on `block`, which is only read from here on.
            rest = block.text[block.end : filled]
            yield block
            turn += 1
        elif filled:
            raise LineError(
                0,
                f"is longer than {size:,} bytes, so this is no text of word vectors. "
                "A binary word2vec file must be saved as text first.",
            )
        if at_end:
            return


def _fill(stream: IO[bytes], room: memoryview) -> int:
    """Reads until `room` is full or the stream ends."""
    read_into = cast(Callable[[memoryview], int | None], stream.readinto)  # type: ignore[attr-defined]
    filled = 0
    while filled < len(room):
        got = read_into(room[filled:])
        if not got:
            break
        filled += got
    return filled


def in_order(
    pool: Executor, ahead: int, function: Callable[[LineBlock], T], blocks: Iterable[LineBlock]
) -> Iterator[T]:
    """`map(function, blocks)` in the threads of `pool`, with at most `ahead` under way.

    If the blocks end with an error, it is raised after the results of those before it.
    """
    under_way: deque[Future[T]] = deque()
    failure: Exception | None = None
    iterator = iter(blocks)
    while True:
        try:
            under_way.append(pool.submit(function, next(iterator)))
        except StopIteration:
            break
        except Exception as error:
            failure = error
            break
        if len(under_way) > ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()
    if failure is not None:
        raise failure


def num_threads() -> int:
    """Threads that help: reading and scanning keep no more than four busy."""
    return min(4, os.cpu_count() or 1)
