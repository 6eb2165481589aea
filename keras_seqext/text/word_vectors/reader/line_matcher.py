"""Search for the lines of requested words in a block."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from .file_format import FileFormat, is_number, numbers_at_end, ragged_line_error
from .line_blocks import SPACE, LineBlock
from .token_filter import TokenFilter
from .utf8_check import WordCheck, check_words


@dataclass(frozen=True)
class BlockMatches:
    """Lines of requested words in a block.

    Args:
        num_lines: Number of all lines in the block.
        lines: Index in the block, word, and numbers as text of each match.
        word_check: Words outside ASCII, among all lines.
    """

    num_lines: int
    lines: list[tuple[int, bytes, bytes]]
    word_check: WordCheck


class LineMatcher:
    """Search for the lines of requested words, which can be called by several threads.

    Args:
        words: The requested words in UTF-8.
    """

    def __init__(self, words: Collection[bytes]) -> None:
        self.words = frozenset(words)
        # The first field of a line is the whole word, or the beginning of a word with spaces.
        self.beginnings = frozenset(word.split(b" ", 1)[0] for word in words)
        self.filter = TokenFilter(words)

    def __call__(self, block: LineBlock, file_format: FileFormat, skip: int) -> BlockMatches:
        """Search all lines except the first `skip`; requires `block.find_lines()`."""
        dimension = file_format.dimension
        keys = self.filter.keys(block.text, block.starts)
        word_check = check_words(block, self.filter.non_ascii(*keys))
        irregular = _irregular_lines(block, dimension, skip)
        matches = []
        # The filter leaves few lines, so that Python code per line is affordable.
        for i in self.filter.candidates(*keys).tolist():
            line = block.line(i)
            token = line[: line.find(b" ")]
            if token not in self.beginnings or i < skip:
                continue
            if i in irregular:
                # A word with spaces: the last `dimension` fields are the numbers.
                beginning, token = token, line.rsplit(b" ", dimension)[0]
                if token not in self.words and beginning in self.words:
                    _check_surplus(i, line, token[len(beginning) :], dimension)
            if token in self.words:
                matches.append((i, token, line[len(token) + 1 :]))
        return BlockMatches(block.starts.size, matches, word_check)


def _irregular_lines(block: LineBlock, dimension: int, skip: int) -> frozenset[int]:
    """Return the lines with more fields than `dimension + 1`.

    Raises:
        LineError: If any line of the block has fewer fields.
    """
    # Fast test for the usual block, in which every line has `dimension` spaces, or one more at
    # its end as written by word2vec: the total is compared, without counts per line.
    spaces = block.are_spaces()
    at_end = np.count_nonzero(block.characters[block.ends - 1] == SPACE)
    if skip == 0 and np.count_nonzero(spaces) - at_end == block.starts.size * dimension:
        return frozenset()
    counts = np.add.reduceat(spaces.view(np.int8), block.starts, dtype=np.intp)
    irregular = []
    for i in np.flatnonzero(counts != dimension).tolist():
        line = block.line(i)
        if line.count(b" ") > dimension:
            irregular.append(i)
        elif line and line.count(b" ") < dimension and i >= skip:
            raise ragged_line_error(i, numbers_at_end(line), dimension)
    return frozenset(irregular)


def _check_surplus(i: int, line: bytes, surplus: bytes, dimension: int) -> None:
    """Raise an error for a requested word with too many numbers.

    A token with spaces, such as `. . .` in `. . . 0.1 0.2`, is not an error.
    """
    fields = line.split(b" ")[1:]
    begins_as_vector = all(map(is_number, fields[: max(dimension - 1, 1)]))
    if b"" in fields or (b"." in surplus and begins_as_vector):
        raise ragged_line_error(i, len(fields), dimension)
