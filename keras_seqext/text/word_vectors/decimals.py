"""Vectorized parser of decimal numbers that reads eight characters at a time.

The result is equal to that of `float` bit for bit. A plain number such as `-12.34` is read
as an integer of at most 15 digits, 1234, and divided by a power of ten, 10**2. Both are exact
in float64, and IEEE 754 division rounds correctly, so the quotient is the float64 nearest to
the decimal number (the fast path of Clinger, "How to read floating point numbers accurately",
1990). All other numbers are passed to `float`.

The digits are converted in 64-bit words, where one operation works on eight characters ("SIMD
within a register"), and all numbers of a text at once.
"""

import math

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
Decimals = NDArray[np.float64]

# At most 15 digits are below 2**53, so that they are exact in float64. This counts the point as
# a digit, because it is read as one at first.
MAX_CHARACTERS = 15
# Every number is read with the 16 characters before its end, also the first one of a text.
PAD = b"0" * 16


def _u64(value: int) -> np.uint64:
    return np.uint64(value & 0xFFFFFFFFFFFFFFFF)


def _every_byte(value: int) -> np.uint64:
    return _u64(int.from_bytes(bytes([value]) * 8, "little"))


HIGH_BITS, SEVEN_BITS, ZEROS = _every_byte(0x80), _every_byte(0x7F), _every_byte(ord("0"))
POINTS, ABOVE_NINE, ONE = _every_byte(ord(".") ^ ord("0")), _every_byte(0x80 - 10), _u64(1)
# The mark of byte k is the bit 2**(8 * k + 7). The product of the mark and this constant has
# k + 1 in its highest four bits, which replaces a search for the bit.
BYTE_OF_MARK = _u64(sum((k + 1) << (53 - 8 * k) for k in range(7)) + 1)
PAIRS, PAIR_MASK = _u64(2561), _u64(0x00FF00FF00FF00FF)
FOURS, FOUR_MASK = _u64(6553601), _u64(0x0000FFFF0000FFFF)
EIGHTS = _u64(42949672960001)
EIGHT, TOP_FOUR = _u64(8), _u64(60)

# Masks of the bytes of a number of n characters, in the last eight characters before its end
# and in the eight characters before those. Other bytes become leading zeros.
_FULL = 0xFFFFFFFFFFFFFFFF
LAST = np.array([_u64(_FULL << 8 * max(8 - n, 0)) for n in range(17)])
BEFORE = np.array([_u64(_FULL << 8 * min(16 - n, 8)) for n in range(17)])

# Tables by the position of the point: no point, byte 0 to 7 of the last eight characters, byte
# 0 to 7 of the eight before. `_DECIMALS` is the number of digits after the point. The second
# half of `SCALE` is for negative numbers; dividing by -1.0 gives -0.0 for "-0", like `float`.
_DECIMALS = [0, *range(7, -1, -1), *range(15, 7, -1)]
SHIFT = np.array([math.inf, *(10.0 ** (n + 1) for n in _DECIMALS[1:])])
SURPLUS = np.array([0.0, *(9.0 * 10.0**n for n in _DECIMALS[1:])])
SCALE = np.array([sign * 10.0**n for sign in (1.0, -1.0) for n in _DECIMALS])


def parse_decimals(text: bytes, rows: int, columns: int) -> Decimals:
    """Parse `rows` lines of `columns` numbers with the results of `float`.

    Args:
        text: Numbers separated by one space, with a newline after each line, including
            the last line.
        rows: Number of lines.
        columns: Number of numbers per line.

    Returns:
        Float64 array of shape `(rows, columns)`, with NaN for fields that are not finite
        numbers.

    Raises:
        ValueError: If the text has a different form. The message has no position.

    >>> parse_decimals(b"0.418 -1.5\\n1e-3 x\\n", rows=2, columns=2)
    array([[ 4.18e-01, -1.50e+00],
           [ 1.00e-03,       nan]])
    """
    characters = np.frombuffer(PAD + text, np.uint8)
    ends = np.flatnonzero(characters <= 32)  # spaces and line breaks
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
    """Parse one number; return NaN if `field` is not a finite number."""
    # `float` accepts underscores between digits and white space around them.
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
    """Return the values and a mask of the plain numbers, such as `-12.34`.

    The values of other fields are undefined.
    """
    negative = characters[starts] == ord("-")
    lengths = ends - starts - negative
    size = np.minimum(lengths, 16)
    # Overlapping view: word i is made of the eight bytes from byte i. The `PAD` makes `ends - 16`
    # a valid index. XOR with "0" converts digits to their values and other characters to values
    # above 9.
    words = np.ndarray((len(characters) - 7,), "<u8", characters, strides=(1,))
    last, last_mark = _take_out_point((words[ends - 8] ^ ZEROS) & LAST[size])
    before, before_mark = _take_out_point((words[ends - 16] ^ ZEROS) & BEFORE[size])

    # The marks of both words are shifted against each other, so that two points are two bits.
    marks = last_mark | (before_mark >> ONE)
    # The sum has the high bit of each byte above 9; bytes above 127 have it themselves.
    invalid = ((last + ABOVE_NINE) | last | (before + ABOVE_NINE) | before) & HIGH_BITS
    invalid |= marks & (marks - ONE)  # not zero if more than one bit is set
    # A plain number has a digit in addition to its point.
    plain = (invalid == 0) & (lengths <= MAX_CHARACTERS) & (lengths > (marks != 0))

    place = ((last_mark * BYTE_OF_MARK) >> TOP_FOUR) + ((before_mark * BYTE_OF_MARK) >> TOP_FOUR)
    place += (before_mark != 0) * EIGHT
    point = (place * plain).astype(np.intp)
    digits = _eight_digits(last) + _eight_digits(before) * 1e8
    # The point was read as a digit 0: "12.34" is 12034 here, and its whole part is ten times too
    # large. 12034 - 12 * 9 * 10**2 = 1234. The quotient cannot round up to the next integer,
    # since it has at most 15 significant digits.
    digits -= np.floor(digits / SHIFT[point]) * SURPLUS[point]
    digits /= SCALE[point + 17 * negative]
    return digits, plain


def _take_out_point(word: U64) -> tuple[U64, U64]:
    """Replace the point in `word` by 0; return the word and the high bit of the point's byte."""
    # The XOR makes the byte of a point 0. Adding 127 sets the high bit of every other byte up to
    # 128. Bytes above 128 carry into the next one, but make the number invalid in any case.
    mark = ~((word ^ POINTS) + SEVEN_BITS) & HIGH_BITS
    return word ^ ((mark >> _u64(7)) * _u64(ord(".") ^ ord("0"))), mark


def _eight_digits(word: U64) -> Decimals:
    """Convert eight bytes of value 0 to 9, most significant digit first, to a number."""
    # Each step joins neighbours: 8 digits to 4 numbers of two digits, to 2 of four, to 1 of
    # eight. 2561 = 10 * 2**8 + 1 adds ten times the left byte to the right one, and so on.
    pairs = ((word * PAIRS) >> _u64(8)) & PAIR_MASK
    fours = ((pairs * FOURS) >> _u64(16)) & FOUR_MASK
    return ((fours * EIGHTS) >> _u64(32)).view(np.int64).astype(np.float64)
