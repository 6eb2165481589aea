"""Blocks of whole lines of a stream, and the positions of the lines in a block."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import IO, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

# Large enough that the Python code per block takes little time compared with the NumPy calls,
# and small enough that the blocks of all threads take little memory.
BLOCK_BYTES = 1 << 21
NEWLINE, SPACE = 10, 32
SLACK = 16
"""Number of bytes, of any content, that can be read from the start of every line."""

# The mark of byte k is the bit 2**(8 * k). The product of the mark and this constant has k in
# its highest four bits, which replaces a search for the bit.
_BYTE_OF_MARK = np.uint64(sum(k << (60 - 8 * k) for k in range(8)))

T = TypeVar("T")


class LineError(Exception):
    """Invalid line, with its index from the first line of the block."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = int(index)


class LineBlock:
    """Reusable buffer of whole lines.

    After `find_lines`, `text[starts[i]:ends[i]]` is line i without its newline. All arrays
    of the size of the buffer are allocated once, as the memory of a large new array is
    mapped page by page at its first use.

    Args:
        size: Capacity in bytes, a multiple of eight.
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
        """Find the lines and set `starts` and `ends`."""
        np.equal(self.characters[: self._flags.size], NEWLINE, out=self._flags)
        self._flags[self.end :] = False
        # Few flags are set, since a line has hundreds of characters. Testing eight flags at a
        # time, as one word, takes half the time of `flatnonzero` on single flags.
        words = self._flags.view("<u8")
        places = np.flatnonzero(np.not_equal(words, 0, out=self._word_flags))
        marks = words[places]
        if np.any(marks & (marks - np.uint64(1))):
            # Two newlines within eight bytes, in a file with short or empty lines.
            self.ends = np.flatnonzero(self._flags)
        else:
            within = (marks * _BYTE_OF_MARK) >> np.uint64(60)
            self.ends = places * 8 + within.astype(np.intp)
        self.starts = np.zeros_like(self.ends)
        np.add(self.ends[:-1], 1, out=self.starts[1:])

    def are_spaces(self) -> NDArray[np.bool_]:
        """Return a mask of the spaces, in memory that is reused by the next call."""
        return np.equal(self.characters[: self.end], SPACE, out=self._flags[: self.end])

    def line(self, i: int) -> bytes:
        """Return line i without trailing spaces, tabs and carriage returns."""
        return self.view[self.starts[i] : self.ends[i]].tobytes().rstrip(b" \t\r")


def line_blocks(
    stream: IO[bytes], buffers: int = 1, block_bytes: int = BLOCK_BYTES
) -> Iterator[LineBlock]:
    """Yield all lines of `stream` in blocks, which are `buffers` objects used in rotation."""
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
            block.text[filled] = NEWLINE  # the file has no newline at its end
            filled += 1
        block.end = block.text.rfind(b"\n", 0, filled) + 1
        if block.end:
            # The incomplete last line is copied to the beginning of the next block. Threads of
            # the caller may read this block until it is used again.
            rest = block.text[block.end : filled]
            yield block
            turn += 1
        elif filled:
            raise LineError(
                0,
                f"is longer than {size:,} bytes, so the file is not a text of word vectors. "
                "Convert the file; a binary word2vec file must be saved as text.",
            )
        if at_end:
            return


def _fill(stream: IO[bytes], room: memoryview) -> int:
    """Read until `room` is full or the stream ends, and return the number of bytes."""
    # A single call may return fewer bytes, for example the rest of a compressed chunk.
    read_into = cast(Callable[[memoryview], int | None], stream.readinto)  # type: ignore[attr-defined]
    filled = 0
    while filled < len(room):
        got = read_into(room[filled:])
        if not got:
            break
        filled += got
    return filled


def ordered_map(
    pool: Executor, ahead: int, function: Callable[[LineBlock], T], blocks: Iterable[LineBlock]
) -> Iterator[T]:
    """Compute `map(function, blocks)` in the threads of `pool`, with `ahead` blocks in advance.

    An error of `blocks` is raised after the results of the preceding blocks, so that the
    first invalid line of the file is reported, regardless of the number of threads.
    """
    pending: deque[Future[T]] = deque()
    failure: Exception | None = None
    iterator = iter(blocks)
    while True:
        try:
            pending.append(pool.submit(function, next(iterator)))
        except StopIteration:
            break
        except Exception as error:
            failure = error
            break
        if len(pending) > ahead:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()
    if failure is not None:
        raise failure


def num_threads() -> int:
    """Return the number of threads: at most four, which reading and scanning keep busy."""
    return min(4, os.cpu_count() or 1)
