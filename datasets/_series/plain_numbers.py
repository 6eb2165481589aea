"""Numbers with two decimals, read for many lines at once."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

Letters = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

_BLOCK = 1 << 19  # bytes of text that are worked on at once
_ZEROS = np.uint64(0x3030303030303030)  # the text "00000000"
_WHOLE, _DECIMALS = np.uint64(0xFFFFFFFFFF), np.uint64(0xFFFF) << np.uint64(48)


def plain_numbers(body: bytes, columns: int) -> npt.NDArray[np.float32] | None:
    """The numbers of lines such as `01.01.2009 00:10:00,996.52,-8.02`, the first field left out.

    Args:
        body: Whole lines, without the header.
        columns: Numbers in a line.

    Returns:
        `(lines, columns)`; None where any line has another number of fields, or a number is not
        of 1 to 5 digits, a point and 2 digits. A general parser is for those; it takes twice as
        long.

    >>> plain_numbers(b"stamp or so,996.52,-8.02\\nstamp or so,0.10,99999.00\\n", 2).tolist()
    [[996.52001953125, -8.020000457763672], [0.10000000149011612, 99999.0]]
    >>> plain_numbers(b"stamp or so,996.52,1e5\\n", 2) is None
    True
    """
    text = np.frombuffer(body, np.uint8)
    edges = [0]
    while edges[-1] < len(body):
        edges.append(body.find(b"\n", edges[-1] + _BLOCK) + 1 or len(body))
    blocks = [text[first:stop] for first, stop in zip(edges[:-1], edges[1:], strict=True)]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        read = list(pool.map(lambda block: _read(block, columns), blocks))
    found = [rows for rows in read if rows is not None]
    return np.concatenate(found) if found and len(found) == len(blocks) else None


def _read(text: Letters, columns: int) -> npt.NDArray[np.float32] | None:
    ends = np.flatnonzero((text == ord(",")) | (text == ord("\n")))
    if len(ends) % (columns + 1) or ends[-1:] != [len(text) - 1] or ends[0] < 8:
        return None
    ends = ends.reshape(-1, columns + 1)
    lines = np.count_nonzero(text == ord("\n"))
    if lines != len(ends) or (text[ends[:, -1]] != ord("\n")).any():
        return None
    starts, ends = ends[:, :-1] + 1, ends[:, 1:].copy()
    ends[:, -1] -= text[ends[:, -1] - 1] == ord("\r")
    return _numbers(text, starts.reshape(-1), ends.reshape(-1), columns)


def _numbers(
    text: Letters, starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp], columns: int
) -> npt.NDArray[np.float32] | None:
    negative = text[starts] == ord("-")
    lengths = ends - starts - negative
    if lengths.min() < 4 or lengths.max() > 8 or (text[ends - 3] != ord(".")).any():
        return None
    # The eight bytes up to the end of each number, its last digit in the highest byte. What
    # stands before the number becomes zeros, and the whole part moves up to where the point is.
    words = np.ndarray((len(text) - 7,), "<u8", text, strides=(1,))[ends - 8]
    before = np.uint64(64) - (lengths << 3).astype(np.uint64)
    digits = (words ^ _ZEROS) >> before << before
    digits = ((digits & _WHOLE) << np.uint64(8)) | (digits & _DECIMALS)
    if (((digits + np.uint64(0x7676767676767676)) | digits) & np.uint64(0x8080808080808080)).any():
        return None
    hundredths = _of_eight_digits(digits).astype(np.float64)
    np.negative(hundredths, out=hundredths, where=negative)
    return (hundredths / 100).astype(np.float32).reshape(-1, columns)


def _of_eight_digits(digits: Words) -> Words:
    """The number whose digits, 0 to 9, are the bytes of each word, the first in the lowest."""
    pairs = digits * np.uint64(10) + (digits >> np.uint64(8))
    low = np.uint64(0x000000FF000000FF)
    first = (pairs & low) * np.uint64(0x000F424000000064)
    second = ((pairs >> np.uint64(16)) & low) * np.uint64(0x0000271000000001)
    numbers: Words = (first + second) >> np.uint64(32)
    return numbers
