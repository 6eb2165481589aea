"""Reading of CSV bytes: removal of incomplete lines, parallel parsing, field counts."""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd

from .cleaning_report import CleaningReport
from .layout_hints import NUMBERS, number_hint

_PADDING = b" \t\r\n,;\0\x1a"
_BYTES_PER_THREAD = 4 << 20  # below that, a thread costs more than it saves


def complete_lines(raw: bytes, report: CleaningReport) -> bytes:
    """Return the text without trailing empty lines and without an incomplete last line.

    >>> report = CleaningReport("x")
    >>> complete_lines(b"a,b\\n1,2\\n3\\n\\n", report), report.incomplete
    (b'a,b\\n1,2\\n', 1)
    """
    # Positions instead of slices: each slice of a large file would copy it.
    filled = _stripped_length(raw)
    header_end, last_start = raw.find(b"\n", 0, filled), raw.rfind(b"\n", 0, filled) + 1
    # Trailing commas were stripped with the empty lines, but they mark missing values: the last
    # line is taken up to its line end.
    end = raw.find(b"\n", filled)
    last_fields = raw.count(b",", last_start, end if end >= 0 else len(raw))
    if last_fields < raw.count(b",", 0, header_end if header_end >= 0 else filled):
        report.incomplete += 1
        return raw[:last_start]
    return raw[: end + 1] if end >= 0 else raw


def _stripped_length(raw: bytes) -> int:
    """Return the length of the text without trailing padding."""
    # Stripping the whole file would copy it, so only its end is stripped where that is enough.
    tail = raw[-65_536:]
    filled = len(tail.rstrip(_PADDING))
    return len(raw) - len(tail) + filled if filled else len(raw.rstrip(_PADDING))


def read_csv(raw: bytes, name: str, **options: Any) -> pd.DataFrame:
    """Call `pandas.read_csv` and name the file in its errors.

    Large texts without a header are read in parts by several threads. This is faster because
    pandas releases the interpreter lock while it parses.
    """
    parts = _split_at_lines(raw) if options.get("header", 0) is None else [raw]
    if len(parts) > 1:
        try:
            with ThreadPoolExecutor(len(parts)) as pool:
                read = pool.map(lambda part: _parse(part, options), parts)
                return pd.concat(read, ignore_index=True)
        except ValueError:
            pass  # read again as a whole, so that the message has the line number of the file
    try:
        return _parse(raw, options)
    except ValueError as error:
        remedy = number_hint(str(error)) or (
            " Compare its first lines with the original, or download it again."
        )
        raise ValueError(
            f"{name} cannot be read as a CSV file of the expected layout: {error}.{remedy}"
        ) from error


def _parse(raw: bytes, options: dict[str, Any]) -> pd.DataFrame:
    # Numbers such as 1e400 become infinite, and infinite values are reported by the caller.
    with np.errstate(over="ignore"):
        return pd.read_csv(io.BytesIO(raw), **options)


def _split_at_lines(raw: bytes) -> list[bytes]:
    """Return the text split at line ends, into one part per thread."""
    count = min(4, os.cpu_count() or 1, len(raw) // _BYTES_PER_THREAD)
    if count < 2 or b'"' in raw:  # a quoted field may contain a line end
        return [raw]
    ends = [raw.find(b"\n", len(raw) * i // count) + 1 for i in range(1, count)]
    edges = sorted({0, *ends, len(raw)})
    return [raw[first:end] for first, end in zip(edges[:-1], edges[1:], strict=True)]


def complete_rows(body: bytes, rows: pd.DataFrame, width: int, name: str) -> np.ndarray:
    """Return False for rows of lines with too few fields; raise ValueError for too many.

    pandas silently pads short lines and truncates long ones if it is given the columns to read,
    and in a long line usually all values are in the wrong columns.

    Args:
        body: Lines after the header.
        rows: Rows that pandas read from them, including the last column of the file.
        width: Number of fields that a line should have.
        name: Name of the file, for the error.

    Returns:
        Boolean array of shape `(rows,)`.
    """
    if body.count(b",") == len(rows) * (width - 1) and not rows.iloc[:, -1].isna().any():
        return np.ones(len(rows), bool)  # a short line would have its last field missing
    lines = [line.strip() for line in body.split(b"\n")]
    for number, line in enumerate(lines, start=2):
        if line.rstrip(b",").count(b",") >= width:
            raise ValueError(
                f"{name}, line {number} has more than the {width} fields of the header: "
                f"{line[:80].decode('latin-1')!r}. "
                f"{NUMBERS}"
            )
    complete = np.array([line.count(b",") + 1 >= width for line in lines if line], bool)
    if len(complete) != len(rows):
        raise ValueError(
            f"{name} has {len(complete):,} lines below its header, but {len(rows):,} rows: a line "
            "contains a line end (\\r) or a quotation mark. Compare it with the original."
        )
    return complete
