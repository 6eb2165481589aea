"""Which lines of a block belong to wanted words."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .header import Head, is_no_number, numbers_at_end, ragged, shown
from .line_blocks import SPACE, LineBlock, LineError
from .token_filter import TokenFilter


@dataclass(frozen=True)
class Found:
    """What a block has.

    Args:
        num_lines: All its lines.
        lines: For each wanted line: its place in the block, its word, its numbers as text.
    """

    num_lines: int
    lines: list[tuple[int, bytes, bytes]]


class WantedLines:
    """Finds them; many threads may call it at once.

    Args:
        words: The wanted words in UTF-8.
    """

    def __init__(self, words: Collection[bytes]) -> None:
        self.words = frozenset(words)
        # A word with spaces shows up as its part before the first one.
        self.beginnings = frozenset(word.split(b" ", 1)[0] for word in words)
        self.filter = TokenFilter(words)

    def __call__(self, block: LineBlock, head: Head, skip: int) -> Found:
        """Searches all lines but the first `skip`; `block.find_lines` has been called."""
        keys = self.filter.keys(block.text, block.starts)
        _check_utf8(block, self.filter.non_ascii(*keys))
        irregular = _irregular_lines(block, head.dimension, skip)
        found = []
        for i in self.filter.candidates(*keys).tolist():
            line = block.line(i)
            token = line[: line.find(b" ")]
            if token not in self.beginnings or i < skip:
                continue
            if i in irregular:
                beginning, token = token, line.rsplit(b" ", head.dimension)[0]
                if token not in self.words and beginning in self.words:
                    _check_surplus(i, line, token[len(beginning) :], head.dimension)
            if token in self.words:
                found.append((i, token, line[len(token) + 1 :]))
        return Found(block.starts.size, found)


def _irregular_lines(block: LineBlock, dimension: int, skip: int) -> frozenset[int]:
    """Lines with more fields than usual; fewer are an error, wanted or not."""
    spaces = block.are_spaces()
    at_end = np.count_nonzero(block.characters[block.ends - 1] == SPACE)  # as word2vec writes
    if skip == 0 and np.count_nonzero(spaces) - at_end == block.starts.size * dimension:
        return frozenset()
    counts = np.add.reduceat(spaces.view(np.int8), block.starts, dtype=np.intp)
    irregular = []
    for i in np.flatnonzero(counts != dimension).tolist():
        line = block.line(i)
        if line.count(b" ") > dimension:
            irregular.append(i)
        elif line and line.count(b" ") < dimension and i >= skip:
            raise ragged(i, numbers_at_end(line), dimension)
    return frozenset(irregular)


def _check_surplus(i: int, line: bytes, surplus: bytes, dimension: int) -> None:
    """Tells `. . . 0.1 0.2`, a token with spaces, from a word with too many numbers."""
    fields = line.split(b" ")[1:]
    begins_as_vector = not any(map(is_no_number, fields[: max(dimension - 1, 1)]))
    if b"" in fields or (b"." in surplus and begins_as_vector):
        raise ragged(i, len(fields), dimension)


def _check_utf8(block: LineBlock, places: NDArray[np.intp]) -> None:
    tokens = {i: block.line(i).split(b" ", 1)[0] for i in places.tolist()}
    try:
        b"\n".join(tokens.values()).decode()
    except UnicodeDecodeError:
        for i, token in tokens.items():
            try:
                token.decode()
            except UnicodeDecodeError:
                raise LineError(
                    i,
                    f"{shown(token)} is not UTF-8. "
                    "Convert the file first, e.g. iconv -f latin1 -t utf-8.",
                ) from None
