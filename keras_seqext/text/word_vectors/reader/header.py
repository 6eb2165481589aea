"""What the first lines of a file of word vectors tell about the rest."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from keras_seqext.text.word_vectors.decimals import parse_decimal

from .line_blocks import LineBlock, LineError

LINES_READ = 10
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Head:
    """How to read the file.

    Args:
        dimension: Numbers on every line.
        header_lines: 1 if the first line is a header as in word2vec and fastText, else 0.
        promised: How many vectors the header announces; None without a header.
    """

    dimension: int
    header_lines: int = 0
    promised: int | None = None


def read_head(block: LineBlock, dimension: int | None) -> Head:
    """Finds the dimension in the first block, and whether this is such a file at all.

    Args:
        block: The first lines.
        dimension: The dimension that the user expects; None to take what is there.

    Raises:
        LineError: A line among the first is not as it should be.
    """
    if block.text.startswith(BYTE_ORDER_MARK):
        block.starts[0] = len(BYTE_ORDER_MARK)
    zero = block.text.find(0, 0, block.end)
    if zero >= 0:
        raise LineError(
            int(np.searchsorted(block.ends, zero)),
            "holds a zero byte, so it is binary or UTF-16. Expected UTF-8 text; "
            "a binary word2vec file must be saved as text first.",
        )
    lines = [block.line(i) for i in range(min(LINES_READ, block.starts.size))]
    head = _header(lines, dimension)
    if head is not None and dimension not in (None, head.dimension):
        raise _wrong_dimension(0, head.dimension, dimension)
    skipped = head.header_lines if head else 0
    counts = {i: numbers_at_end(line) for i, line in enumerate(lines) if i >= skipped and line}
    if not counts:
        raise LineError(
            0, "no word vector is here or after. Expected lines of a word and its numbers."
        )
    usual = Counter(counts.values()).most_common(1)[0][0]
    first = next(iter(counts))
    if usual == 0:
        raise LineError(
            first,
            f"{shown(lines[first])} is no word vector. Expected a word and its numbers "
            "with one space between them, in UTF-8 text.",
        )
    expected = dimension or (head.dimension if head else usual)
    # A word may end in numbers of its own, so a single line may seem to have more.
    if min(counts.values()) > expected or usual < expected:
        raise _wrong_dimension(first, usual, expected)
    for i, count in counts.items():
        if count < expected:
            raise ragged(i, count, expected)
    return head or Head(expected)


def _header(lines: list[bytes], dimension: int | None) -> Head | None:
    fields = lines[0].split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields) or dimension == 1:
        return None
    if len(lines) > 1 and numbers_at_end(lines[1]) <= 1 and fields[1] != b"1":
        return None
    return Head(int(fields[1]), 1, int(fields[0])) if int(fields[1]) else None


def numbers_at_end(line: bytes) -> int:
    """How many of the fields after the first are numbers, counted from the right."""
    fields = line.split(b" ")[1:]
    for count, field in enumerate(reversed(fields)):
        if is_no_number(field):
            return count
    return len(fields)


def is_no_number(field: bytes) -> bool:
    """Whether `field` cannot be part of a vector."""
    return math.isnan(parse_decimal(field))


def ragged(index: int, count: int, dimension: int) -> LineError:
    """The error for a line that has not as many numbers as the others."""
    return LineError(
        index,
        f"holds {count} numbers where {dimension} were expected. "
        "The file is ragged or cut off: get it again, or remove the line.",
    )


def shown(text: bytes) -> str:
    """The start of a text, fit for an error message."""
    return repr(text[:40]) + ("..." if len(text) > 40 else "")


def _wrong_dimension(index: int, there: int, asked: int | None) -> LineError:
    return LineError(
        index,
        f"holds {there} numbers, not dimension={asked}. "
        f"Pass dimension={there}, or a file of {asked} numbers a word.",
    )
