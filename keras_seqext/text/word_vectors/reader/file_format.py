"""Detection of the format of a file of word vectors from its first lines."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from keras_seqext.text.word_vectors.decimals import parse_decimal

from .line_blocks import LineBlock, LineError

LINES_READ = 10
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class FileFormat:
    """Format of a file of word vectors.

    Args:
        dimension: Number of numbers on every line.
        header_lines: 1 if the first line is a header as in word2vec and fastText, else 0.
        num_vectors: Number of vectors according to the header; None without a header.
    """

    dimension: int
    header_lines: int = 0
    num_vectors: int | None = None


def detect_format(block: LineBlock, dimension: int | None) -> FileFormat:
    """Detect the dimension and the header, and check that the file contains word vectors.

    Args:
        block: The first block of lines.
        dimension: Dimension requested by the user; None for the dimension of the file.

    Raises:
        LineError: If one of the first lines is invalid.
    """
    if block.text.startswith(BYTE_ORDER_MARK):
        block.starts[0] = len(BYTE_ORDER_MARK)
    zero = block.text.find(0, 0, block.end)
    if zero >= 0:
        raise LineError(
            int(np.searchsorted(block.ends, zero)),
            "contains a zero byte, so the file is binary or UTF-16. Expected UTF-8 text. "
            "Convert the file; a binary word2vec file must be saved as text.",
        )
    lines = [block.line(i) for i in range(min(LINES_READ, block.starts.size))]
    header = _read_header(lines, dimension)
    if header is not None and dimension not in (None, header.dimension):
        raise _dimension_error(0, header.dimension, dimension)
    skipped = header.header_lines if header else 0
    counts = {i: numbers_at_end(line) for i, line in enumerate(lines) if i >= skipped and line}
    if not counts:
        raise LineError(
            0, "there is no word vector from here on. Expected lines of a word and its numbers."
        )
    usual = Counter(counts.values()).most_common(1)[0][0]
    first = next(iter(counts))
    if usual == 0:
        raise LineError(
            first,
            f"{quoted(lines[first])} is not a word vector. Expected a word and its numbers, "
            "separated by one space, in UTF-8 text.",
        )
    expected = dimension or (header.dimension if header else usual)
    # Words may end with numbers, as in "route 66", so single lines may seem to have more numbers
    # than the dimension.
    if min(counts.values()) > expected or usual < expected:
        raise _dimension_error(first, usual, expected)
    for i, count in counts.items():
        if count < expected:
            raise ragged_line_error(i, count, expected)
    return header or FileFormat(expected)


def _read_header(lines: list[bytes], dimension: int | None) -> FileFormat | None:
    # "7 5" is the header of 7 vectors of dimension 5, or the word "7" with a vector of one
    # number. The second line decides: it has one number in the latter case.
    fields = lines[0].split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields) or dimension == 1:
        return None
    if len(lines) > 1 and numbers_at_end(lines[1]) <= 1 and fields[1] != b"1":
        return None
    return FileFormat(int(fields[1]), 1, int(fields[0])) if int(fields[1]) else None


def numbers_at_end(line: bytes) -> int:
    """Count the numbers at the end of a line, without its first field."""
    fields = line.split(b" ")[1:]
    for count, field in enumerate(reversed(fields)):
        if not is_number(field):
            return count
    return len(fields)


def is_number(field: bytes) -> bool:
    """Return whether `field` is a finite number."""
    return not math.isnan(parse_decimal(field))


def ragged_line_error(index: int, count: int, dimension: int) -> LineError:
    """Return the error for a line whose number of numbers differs from `dimension`."""
    return LineError(
        index,
        f"contains {count} numbers, but {dimension} were expected. "
        "The file is ragged or truncated: download it again, or remove the line.",
    )


def quoted(text: bytes) -> str:
    """Return the beginning of a text for an error message."""
    return repr(text[:40]) + ("..." if len(text) > 40 else "")


def _dimension_error(index: int, found: int, expected: int | None) -> LineError:
    return LineError(
        index,
        f"contains {found} numbers, not dimension={expected}. "
        f"Pass dimension={found}, or a file of vectors of dimension {expected}.",
    )
