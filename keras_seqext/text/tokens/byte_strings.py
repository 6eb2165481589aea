"""Many byte strings in one buffer, so that NumPy can read from all of them at once."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.validation import format_value

UInt64s = NDArray[np.uint64]

# A hash reads whole words, so the last string needs readable bytes behind it.
_SLACK = bytes(64)
# Rare in text, and one byte that UTF-8 uses for nothing else.
_SEPARATOR = "\0"


@dataclass(frozen=True)
class ByteStrings:
    """Byte strings laid in one buffer; any layout, gaps and overlaps included.

    Args:
        buffer: `uint8`, with at least 64 bytes behind the last string.
        starts: `int64`, where each string begins.
        lengths: `int64`, the number of bytes of each string.
    """

    buffer: NDArray[np.uint8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def tolist(self) -> list[bytes]:
        """Each string by itself."""
        bounds = zip(self.starts.tolist(), (self.starts + self.lengths).tolist(), strict=True)
        whole = self.buffer.tobytes()
        return [whole[start:end] for start, end in bounds]

    def part(self, first: int, last: int) -> "ByteStrings":
        """The strings from `first` up to, not including, `last`."""
        return ByteStrings(self.buffer, self.starts[first:last], self.lengths[first:last])

    def equal_to(self, wanted: bytes) -> NDArray[np.bool_]:
        """Which of the strings are `wanted`, byte for byte."""
        equal = np.equal(self.lengths, len(wanted))
        for position, byte in enumerate(wanted):
            where = np.flatnonzero(equal)
            equal[where] = self.buffer[self.starts[where] + position] == byte
        return equal

    def words(self) -> UInt64s:
        """The little-endian 64-bit word at every byte, as a view: `words()[i]` reads 8 bytes."""
        return np.ndarray((len(self.buffer) - 7,), "<u8", self.buffer, strides=(1,))


def with_slack(joined: bytes) -> NDArray[np.uint8]:
    """`joined` as the buffer of `ByteStrings`."""
    return np.frombuffer(joined + _SLACK, np.uint8)


def pack_strings(strings: Sequence[str | bytes]) -> ByteStrings:
    r"""Lays strings behind one another, text as UTF-8, with one byte between two.

    Returns:
        `ByteStrings` in the order given.

    Raises:
        TypeError: An element is neither `str` nor `bytes`.
        ValueError: A string holds half of a surrogate pair, which has no UTF-8.

    >>> pack_strings(["né", ""]).lengths
    array([3, 0])
    >>> bytes(pack_strings([b"a", b"b"]).buffer[:3])
    b'a\x00b'
    """
    joined = None
    with suppress(TypeError, UnicodeEncodeError):  # not all are strings with UTF-8
        joined = _SEPARATOR.join(strings).encode()  # type: ignore[arg-type]
    if joined is None:
        return _packed([_as_bytes(item) for item in strings])
    if not strings:
        return _packed([])
    # One call a batch, not one a string: the ends are where the separators are ...
    buffer = with_slack(joined)
    ends = np.append(np.flatnonzero(buffer[: len(joined)] == 0), len(joined))
    if len(ends) != len(strings):
        # ... unless a string holds the separator itself.
        return _packed([_as_bytes(item) for item in strings])
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    return ByteStrings(buffer, starts, ends - starts)


def pack_integers(values: NDArray[np.integer]) -> ByteStrings:
    """Writes integers in decimal, as `str` would, one row of digits each.

    Args:
        values: any integer dtype, any shape; read in C order.

    >>> strings = pack_integers(np.array([0, -42]))
    >>> start, length = strings.starts[1], strings.lengths[1]
    >>> bytes(strings.buffer[start : start + length])
    b'-42'
    """
    flat = values.ravel()
    negative = flat < 0
    magnitude = flat.astype(np.int64 if flat.dtype.kind == "i" else np.uint64).view(np.uint64)
    # In two's complement this is right for the smallest int64 too, whose `abs` overflows.
    magnitude = np.where(negative, ~magnitude + np.uint64(1), magnitude)
    width = len(str(magnitude.max(initial=0))) + 1
    buffer = np.zeros(flat.size * width + len(_SLACK), np.uint8)
    digits = buffer[: flat.size * width].reshape(flat.size, width)
    lengths = np.zeros(flat.size, np.int64)
    rest = magnitude
    for column in range(width - 1, 0, -1):
        lengths += (rest > 0) if column < width - 1 else 1
        quotient = rest // np.uint64(10)
        digits[:, column] = (rest - quotient * np.uint64(10)).astype(np.uint8) + ord("0")
        rest = quotient
    lengths += negative
    ends = (np.arange(flat.size, dtype=np.int64) + 1) * width
    buffer[(ends - lengths)[negative]] = ord("-")
    return ByteStrings(buffer, ends - lengths, lengths)


def longest_first(sizes: NDArray[np.int64]) -> NDArray[np.intp]:
    """The order that sorts `sizes` from large to small."""
    key = sizes.max(initial=0) - sizes
    # NumPy sorts 16-bit integers by radix, several times faster than wider ones.
    small = key.astype(np.uint16) if key.max(initial=0) < 1 << 16 else key
    return np.argsort(small, kind="stable")


def _packed(encoded: list[bytes]) -> ByteStrings:
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    buffer = with_slack(_SEPARATOR.encode().join(encoded))
    return ByteStrings(buffer, np.cumsum(lengths + 1) - lengths - 1, lengths)


def _as_bytes(item: object) -> bytes:
    if isinstance(item, bytes):
        return item
    if not isinstance(item, str):
        raise TypeError(
            "`tokens` must be all strings (`str` or `bytes`) or all integers. Received the element "
            f"{format_value(item)} of type {type(item).__name__}. Replace missing values by the "
            "`mask_value`, write numbers among strings with `str`, and pad rows to one length."
        )
    try:
        return item.encode()
    except UnicodeEncodeError:
        raise _no_utf8(item) from None


def _no_utf8(item: str) -> ValueError:
    return ValueError(
        f"One of `tokens`, {item!r}, holds half of a surrogate pair, which has no UTF-8 and so no "
        "hash. Decode the text again with errors='replace', or clean it with "
        "`text.encode('utf-8', 'replace').decode()`."
    )
