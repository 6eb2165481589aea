"""Search of a stream until all requested words are found, or to its end.

The main thread reads blocks of lines, threads of a pool search them and parse the lines found.
NumPy releases the global interpreter lock in the operations on whole blocks.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.progress import show_progress
from keras_seqext.text.word_vectors.decimals import parse_decimal, parse_decimals

from .compressed_file import DAMAGED
from .file_format import FileFormat, detect_format, quoted, ragged_line_error
from .line_blocks import LineBlock, LineError, line_blocks, num_threads, ordered_map
from .line_matcher import BlockMatches, LineMatcher
from .utf8_check import SkippedLines

# Lines per call of the parser, which is vectorized over the numbers of all these lines.
LINES_PER_PARSE = 512

Vectors = NDArray[np.float32]
Found = tuple[NDArray[np.intp], Vectors, int]


def search_word_vectors(
    stream: IO[bytes], words: Sequence[str], dimension: int | None, name: str
) -> Found:
    """Find the vectors of `words` without parsing other lines.

    The memory is that of a few blocks and of the vectors found.

    Args:
        stream: File opened for reading bytes.
        words: Distinct requested words.
        dimension: Dimension of the vectors, or None for the dimension of the file.
        name: Name of the file in error messages.

    Returns:
        The indices of the words found, in the order of the file, their vectors
        `(found, dimension)`, and the number of lines that were skipped because their word
        is not UTF-8.
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
        # A lone surrogate cannot occur in a UTF-8 file, so such a word is not found.
        self.remaining = {
            word.encode(errors="surrogatepass"): row for row, word in enumerate(words)
        }
        self.line_matcher = LineMatcher(self.remaining)
        self.dimension = dimension
        self.name = name
        self.pool = pool
        self.rows: list[int] = []
        self.texts: list[tuple[int, bytes]] = []
        self.parsed: list[Future[Vectors]] = []
        self.skipped = SkippedLines(name)

    def run(self, stream: IO[bytes]) -> Found:
        file_format, lines = FileFormat(0), 0
        try:
            for matches, file_format in self._blocks(stream):
                self.skipped.add(matches.word_check, lines)
                self._collect(matches, lines, file_format.dimension)
                lines += matches.num_lines
                if not self.remaining:
                    break
        except LineError as error:
            raise self._error(lines + error.index, error) from None
        except DAMAGED as error:
            raise ValueError(
                f"{self.name}, after line {lines}: the file is truncated or damaged ({error}). "
                "Download it again."
            ) from None
        if lines == 0:
            raise ValueError(f"{self.name}, line 1: the file is empty. Download it again.")
        if self.remaining and lines - file_format.header_lines < (file_format.num_vectors or 0):
            raise ValueError(
                f"{self.name}, line {lines}: the file ends here, but its header specifies "
                f"{file_format.num_vectors} vectors. The file is truncated: download it again."
            )
        self.skipped.check(self.remaining)
        vectors = self._vectors(file_format.dimension)
        return np.array(self.rows, np.intp), vectors, self.skipped.count

    def _blocks(self, stream: IO[bytes]) -> Iterator[tuple[BlockMatches, FileFormat]]:
        """Yield the matches of each block, and the file format detected in the first one."""
        ahead = num_threads()
        # At most `ahead` blocks wait or are searched while another one is read; one is spare.
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
        file_format = detect_format(first, self.dimension)
        yield self.line_matcher(first, file_format, file_format.header_lines), file_format

        def search(block: LineBlock) -> BlockMatches:
            block.find_lines()
            return self.line_matcher(block, file_format, 0)

        for matches in ordered_map(self.pool, ahead, search, blocks):
            yield matches, file_format

    def _collect(self, matches: BlockMatches, lines_before: int, dimension: int) -> None:
        for i, word, text in matches.lines:
            row = self.remaining.pop(word, None)
            if row is None:
                continue  # a second line of the same word: the first one is used
            self.rows.append(row)
            self.texts.append((lines_before + i, text))
            if len(self.texts) == LINES_PER_PARSE:
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
    """Parse the numbers of lines, which are given by their index in the file and their text."""
    # All lines at once; only after an error are they parsed one by one, to find its position.
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
            raise ragged_line_error(index, len(fields), dimension)
        for field in fields:
            if not np.isfinite(_as_float32(np.array(parse_decimal(field)))):
                raise LineError(
                    index,
                    f"{quoted(field)} is not a finite float32 number. Expected {dimension} numbers "
                    "after the word: download the file again, or correct the line.",
                )
    raise AssertionError("unreachable: one of the lines is invalid")


def _as_float32(values: NDArray[np.float64]) -> Vectors:
    with np.errstate(over="ignore"):
        return values.astype(np.float32)
