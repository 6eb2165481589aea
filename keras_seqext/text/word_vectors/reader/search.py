"""Reads a stream until all wanted words are found, or to its end."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.progress import show_progress
from keras_seqext.text.word_vectors.decimals import parse_decimal, parse_decimals

from .compressed_file import DAMAGED
from .header import Head, ragged, read_head, shown
from .line_blocks import LineBlock, LineError, in_order, line_blocks, num_threads
from .wanted_lines import Found, WantedLines

LINES_PARSED_AT_ONCE = 512

Vectors = NDArray[np.float32]


def search_word_vectors(
    stream: IO[bytes], words: Sequence[str], dimension: int | None, name: str
) -> tuple[NDArray[np.intp], Vectors]:
    """Finds the vectors of `words` and parses no other line.

    Memory is that of a few blocks and of the vectors found.

    Args:
        stream: The file, opened for bytes.
        words: The wanted words, each once.
        dimension: Numbers a word, or None for what the file has.
        name: What errors call the file.

    Returns:
        Which words were found, in the order of the file, and their vectors
        `(found, dimension)`.
    """
    with ThreadPoolExecutor(num_threads(), "word_vectors") as pool:
        try:
            return _Search(words, dimension, name, pool).run(stream)
        finally:
            pool.shutdown(cancel_futures=True)


class _Search:
    def __init__(
        self, words: Sequence[str], dimension: int | None, name: str, pool: ThreadPoolExecutor
    ) -> None:
        # A lone surrogate is in no UTF-8 file: it is passed on, and never found.
        self.remaining = {
            word.encode(errors="surrogatepass"): row for row, word in enumerate(words)
        }
        self.wanted_lines = WantedLines(self.remaining)
        self.dimension = dimension
        self.name = name
        self.pool = pool
        self.rows: list[int] = []
        self.texts: list[tuple[int, bytes]] = []
        self.parsed: list[Future[Vectors]] = []

    def run(self, stream: IO[bytes]) -> tuple[NDArray[np.intp], Vectors]:
        head, lines = Head(0), 0
        try:
            for found, head in self._blocks(stream):
                self._collect(found, lines, head.dimension)
                lines += found.num_lines
                if not self.remaining:
                    break
        except LineError as error:
            raise self._error(lines + error.index, error) from None
        except DAMAGED as error:
            raise ValueError(
                f"{self.name}, after line {lines}: the file is cut off or damaged ({error}). "
                "Get it again."
            ) from None
        if lines == 0:
            raise ValueError(f"{self.name}, line 1: the file is empty. Get it again.")
        if self.remaining and lines - head.header_lines < (head.promised or 0):
            raise ValueError(
                f"{self.name}, line {lines}: the file ends here, but its header promises "
                f"{head.promised} vectors. It is cut off: get it again."
            )
        return np.array(self.rows, np.intp), self._vectors(head.dimension)

    def _blocks(self, stream: IO[bytes]) -> Iterator[tuple[Found, Head]]:
        """What each block has; the first one is read alone, as it says how to read the others."""
        ahead = num_threads()
        blocks = iter(
            show_progress(
                line_blocks(stream, buffers=ahead + 2),
                f"reading {os.path.basename(self.name)}",
                "bytes",
                lambda block: block.end,
            )
        )
        first = next(blocks, None)
        if first is None:
            return
        first.find_lines()
        head = read_head(first, self.dimension)
        yield self.wanted_lines(first, head, head.header_lines), head

        def search(block: LineBlock) -> Found:
            block.find_lines()
            return self.wanted_lines(block, head, 0)

        for found in in_order(self.pool, ahead, search, blocks):
            yield found, head

    def _collect(self, found: Found, lines_before: int, dimension: int) -> None:
        for i, word, text in found.lines:
            row = self.remaining.pop(word, None)
            if row is None:
                continue  # the word was there before: its first vector counts
            self.rows.append(row)
            self.texts.append((lines_before + i, text))
            if len(self.texts) == LINES_PARSED_AT_ONCE:
                self._parse(dimension)

    def _parse(self, dimension: int) -> None:
        if self.texts:
            self.parsed.append(self.pool.submit(parse_lines, self.texts, dimension))
            self.texts = []

    def _vectors(self, dimension: int) -> Vectors:
        self._parse(dimension)
        try:
            parts = [future.result() for future in self.parsed]
        except LineError as error:
            raise self._error(error.index, error) from None
        return np.concatenate([np.empty((0, dimension), np.float32), *parts])

    def _error(self, index: int, error: LineError) -> ValueError:
        return ValueError(f"{self.name}, line {index + 1}: {error}")


def parse_lines(texts: list[tuple[int, bytes]], dimension: int) -> Vectors:
    """The numbers of some lines, each given by its index in the file and its text."""
    text = b"\n".join([*(text for _, text in texts), b""])
    try:
        vectors = _as_float32(parse_decimals(text, len(texts), dimension))
    except ValueError:
        vectors = None
    if vectors is not None and np.isfinite(vectors).all():
        return vectors
    for index, text in texts:
        fields = text.split(b" ")
        if len(fields) != dimension:
            raise ragged(index, len(fields), dimension)
        for field in fields:
            if not np.isfinite(_as_float32(np.array(parse_decimal(field)))):
                raise LineError(
                    index,
                    f"{shown(field)} is no finite float32 number. Expected {dimension} numbers "
                    "after the word: get the file again, or correct the line.",
                )
    raise AssertionError("unreachable: some line was wrong")


def _as_float32(values: NDArray[np.float64]) -> Vectors:
    with np.errstate(over="ignore"):
        return values.astype(np.float32)
