"""Decimal numbers in text, parsed eight characters at a time."""

import math

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
Decimals = NDArray[np.float64]

MAX_CHARACTERS = 15  # so that digits without their point stay below 2**53: exact in float64
PAD = b"0" * 16


def _u64(value: int) -> np.uint64:
    return np.uint64(value & 0xFFFFFFFFFFFFFFFF)


def _every_byte(value: int) -> np.uint64:
    return _u64(int.from_bytes(bytes([value]) * 8, "little"))


HIGH_BITS, SEVEN_BITS, ZEROS = _every_byte(0x80), _every_byte(0x7F), _every_byte(ord("0"))
POINTS, ABOVE_NINE, ONE = _every_byte(ord(".") ^ ord("0")), _every_byte(0x80 - 10), _u64(1)
# Times 2**(8 * k + 7), the mark of byte k, the top four bits of this are k + 1.
BYTE_OF_MARK = _u64(sum((k + 1) << (53 - 8 * k) for k in range(7)) + 1)
PAIRS, PAIR_MASK = _u64(2561), _u64(0x00FF00FF00FF00FF)
FOURS, FOUR_MASK = _u64(6553601), _u64(0x0000FFFF0000FFFF)
EIGHTS = _u64(42949672960001)
EIGHT, TOP_FOUR = _u64(8), _u64(60)

# The bytes of a number of n characters, within the last eight before its end and the eight before.
_FULL = 0xFFFFFFFFFFFFFFFF
LAST = np.array([_u64(_FULL << 8 * max(8 - n, 0)) for n in range(17)])
BEFORE = np.array([_u64(_FULL << 8 * min(16 - n, 8)) for n in range(17)])

# By where the point is: nowhere, byte 0-7 of the last eight characters, byte 0-7 of those before.
_DECIMALS = [0, *range(7, -1, -1), *range(15, 7, -1)]
SHIFT = np.array([math.inf, *(10.0 ** (n + 1) for n in _DECIMALS[1:])])
SURPLUS = np.array([0.0, *(9.0 * 10.0**n for n in _DECIMALS[1:])])
SCALE = np.array([sign * 10.0**n for sign in (1.0, -1.0) for n in _DECIMALS])


def parse_decimals(text: bytes, rows: int, columns: int) -> Decimals:
    """Parses `rows` lines of `columns` numbers, exactly as `float` would.

    Args:
        text: Numbers with one space between them and a newline after each line,
            the last one included.
        rows: Number of lines.
        columns: Numbers a line.

    Returns:
        `(rows, columns)` in float64, NaN where a field is no finite number.

    Raises:
        ValueError: The text does not have this form; it does not say where.

    >>> parse_decimals(b"0.418 -1.5\\n1e-3 x\\n", rows=2, columns=2)
    array([[ 4.18e-01, -1.50e+00],
           [ 1.00e-03,       nan]])
    """
    characters = np.frombuffer(PAD + text, np.uint8)
    ends = np.flatnonzero(characters <= 32)
    if ends.size != rows * columns or np.any(characters[ends[columns - 1 :: columns]] != 10):
        raise ValueError(f"expected {rows} lines of {columns} numbers")
    starts = np.empty_like(ends)
    starts[:1] = len(PAD)
    np.add(ends[:-1], 1, out=starts[1:])
    values, plain = _parse_plain(characters, starts, ends)
    for place in np.flatnonzero(~plain):
        field = characters[starts[place] : ends[place]].tobytes()
        values[place] = parse_decimal(field)
    return values.reshape(rows, columns)


def parse_decimal(field: bytes) -> float:
    """One number, or NaN where `field` is no finite number."""
    # `float` takes both: underscores between digits, and white space around them.
    if b"_" in field or field != field.strip():
        return math.nan
    try:
        value = float(field)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _parse_plain(
    characters: NDArray[np.uint8], starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> tuple[Decimals, NDArray[np.bool_]]:
    """The values, and which of them were plain enough (`-12.34`) to be right."""
    negative = characters[starts] == ord("-")
    lengths = ends - starts - negative
    size = np.minimum(lengths, 16)
    # A view of the eight bytes that begin at every byte; `ends - 16` is inside the padding.
    words = np.ndarray((len(characters) - 7,), "<u8", characters, strides=(1,))
    last, last_mark = _take_out_point((words[ends - 8] ^ ZEROS) & LAST[size])
    before, before_mark = _take_out_point((words[ends - 16] ^ ZEROS) & BEFORE[size])

    marks = last_mark | (before_mark >> ONE)  # one apart, so that two points show as two bits
    odd = ((last + ABOVE_NINE) | last | (before + ABOVE_NINE) | before) & HIGH_BITS
    odd |= marks & (marks - ONE)
    plain = (odd == 0) & (lengths <= MAX_CHARACTERS) & (lengths > (marks != 0))

    place = ((last_mark * BYTE_OF_MARK) >> TOP_FOUR) + ((before_mark * BYTE_OF_MARK) >> TOP_FOUR)
    place += (before_mark != 0) * EIGHT
    point = (place * plain).astype(np.intp)
    digits = _eight_digits(last) + _eight_digits(before) * 1e8
    # The point counted as a digit 0: what stands before it is ten times too large.
    digits -= np.floor(digits / SHIFT[point]) * SURPLUS[point]
    digits /= SCALE[point + 17 * negative]
    return digits, plain


def _take_out_point(word: U64) -> tuple[U64, U64]:
    """The word with 0 for its point, and the high bit of the point's byte."""
    mark = ~((word ^ POINTS) + SEVEN_BITS) & HIGH_BITS
    return word ^ ((mark >> _u64(7)) * _u64(ord(".") ^ ord("0"))), mark


def _eight_digits(word: U64) -> Decimals:
    """The number that eight bytes of value 0-9 spell, the first one lowest in memory."""
    pairs = ((word * PAIRS) >> _u64(8)) & PAIR_MASK
    fours = ((pairs * FOURS) >> _u64(16)) & FOUR_MASK
    return ((fours * EIGHTS) >> _u64(32)).view(np.int64).astype(np.float64)
