"""Many byte strings packed in one buffer, for vectorized operations in NumPy."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.validation import format_value

UInt64s = NDArray[np.uint64]

# The hash functions read 8 bytes from any position up to the end of a string, without a check
# of bounds. These bytes make such reads valid for the last string as well.
_SLACK = bytes(64)
# Rare in texts, and a single byte that is part of no other character in UTF-8.
_SEPARATOR = "\0"


@dataclass(frozen=True)
class ByteStrings:
    """Byte strings in one buffer, in any order, possibly with gaps and overlaps.

    Args:
        buffer: `uint8` array with at least 64 bytes after the last string.
        starts: `int64` array of the position of each string.
        lengths: `int64` array of the number of bytes of each string.
    """

    buffer: NDArray[np.uint8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def tolist(self) -> list[bytes]:
        """Return a list of the strings."""
        bounds = zip(self.starts.tolist(), (self.starts + self.lengths).tolist(), strict=True)
        data = self.buffer.tobytes()
        return [data[start:end] for start, end in bounds]

    def part(self, first: int, last: int) -> "ByteStrings":
        """Return the strings from `first` up to, but not including, `last`."""
        return ByteStrings(self.buffer, self.starts[first:last], self.lengths[first:last])

    def equal_to(self, value: bytes) -> NDArray[np.bool_]:
        """Return a mask of the strings that are equal to `value`."""
        # Each byte is compared for the strings that are equal so far: few are left after the
        # length and the first byte.
        equal = np.equal(self.lengths, len(value))
        for position, byte in enumerate(value):
            where = np.flatnonzero(equal)
            equal[where] = self.buffer[self.starts[where] + position] == byte
        return equal

    def words(self) -> UInt64s:
        """Return a view in which `words()[i]` is the 64-bit word of the bytes `i` to `i + 7`."""
        # A stride of one byte makes the words overlap, so that eight characters of a string at
        # any position are read by one indexing operation, without a copy. "<u8" fixes the byte
        # order: the results are the same on a big-endian machine.
        return np.ndarray((len(self.buffer) - 7,), "<u8", self.buffer, strides=(1,))


def with_slack(joined: bytes) -> NDArray[np.uint8]:
    """Return `joined` as a buffer for `ByteStrings`."""
    return np.frombuffer(joined + _SLACK, np.uint8)


def pack_strings(strings: Sequence[str | bytes]) -> ByteStrings:
    r"""Concatenate strings, encoded as UTF-8, with one byte between adjacent strings.

    Returns:
        `ByteStrings` in the order of `strings`.

    Raises:
        TypeError: If an element is neither `str` nor `bytes`.
        ValueError: If a string contains a lone surrogate, which UTF-8 cannot encode.

    >>> pack_strings(["né", ""]).lengths
    array([3, 0])
    >>> bytes(pack_strings([b"a", b"b"]).buffer[:3])
    b'a\x00b'
    """
    # Fast path: one `join` and one `encode` for all strings, instead of two calls per string.
    # The strings then end at the separators.
    joined = None
    with suppress(TypeError, UnicodeEncodeError):  # bytes, other types, or a lone surrogate
        joined = _SEPARATOR.join(strings).encode()  # type: ignore[arg-type]
    if joined is None:
        return _packed([_as_bytes(item) for item in strings])
    if not strings:
        return _packed([])
    buffer = with_slack(joined)
    ends = np.append(np.flatnonzero(buffer[: len(joined)] == 0), len(joined))
    if len(ends) != len(strings):
        # A string contains the separator itself.
        return _packed([_as_bytes(item) for item in strings])
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    return ByteStrings(buffer, starts, ends - starts)


def pack_integers(values: NDArray[np.integer]) -> ByteStrings:
    """Format integers in decimal, like `str`.

    Args:
        values: Array of any integer dtype and shape, read in C order.

    >>> strings = pack_integers(np.array([0, -42]))
    >>> start, length = strings.starts[1], strings.lengths[1]
    >>> bytes(strings.buffer[start : start + length])
    b'-42'
    """
    flat = values.ravel()
    negative = flat < 0
    magnitude = flat.astype(np.int64 if flat.dtype.kind == "i" else np.uint64).view(np.uint64)
    # Negation in two's complement. `abs` would overflow for the smallest int64.
    magnitude = np.where(negative, ~magnitude + np.uint64(1), magnitude)
    # One row per integer, as wide as the longest one with its sign. The digits are written from
    # right to left, one column for all integers at a time.
    width = len(str(magnitude.max(initial=0))) + 1
    buffer = np.zeros(flat.size * width + len(_SLACK), np.uint8)
    digits = buffer[: flat.size * width].reshape(flat.size, width)
    lengths = np.zeros(flat.size, np.int64)
    rest = magnitude
    for column in range(width - 1, 0, -1):
        lengths += (rest > 0) if column < width - 1 else 1  # 0 has one digit
        quotient = rest // np.uint64(10)
        digits[:, column] = (rest - quotient * np.uint64(10)).astype(np.uint8) + ord("0")
        rest = quotient
    lengths += negative
    ends = (np.arange(flat.size, dtype=np.int64) + 1) * width
    buffer[(ends - lengths)[negative]] = ord("-")
    return ByteStrings(buffer, ends - lengths, lengths)


def longest_first(sizes: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the indices that sort `sizes` in descending order."""
    key = sizes.max(initial=0) - sizes
    # NumPy uses radix sort for 16-bit integers, which is several times faster than its stable
    # sort for wider ones.
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
            "`mask_value`, convert numbers among strings with `str`, and pad rows to one length."
        )
    try:
        return item.encode()
    except UnicodeEncodeError:
        raise _surrogate_error(item) from None


def _surrogate_error(item: str) -> ValueError:
    return ValueError(
        f"`tokens` must be strings that can be encoded as UTF-8. Received: {item!r}, which "
        "contains a lone surrogate. Decode the text again with errors='replace', or clean it with "
        "`text.encode('utf-8', 'replace').decode()`."
    )
