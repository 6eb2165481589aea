"""CSV bytes, before a parser sees them."""

import io
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from .cleaning_report import CleaningReport

_EMPTY = b" \t\r\n,;\0\x1a"
_WORTH_A_THREAD = 4 << 20  # bytes


def whole_lines(raw: bytes, report: CleaningReport) -> bytes:
    """The text without empty lines at its end, and without a last line that is cut off.

    >>> report = CleaningReport("x")
    >>> whole_lines(b"a,b\\n1,2\\n3\\n\\n", report), report.incomplete
    (b'a,b\\n1,2\\n', 1)
    """
    # By places, not by slices: each slice of a large file would copy it.
    filled = _filled(raw)
    header_end, last_start = raw.find(b"\n", 0, filled), raw.rfind(b"\n", 0, filled) + 1
    # Trailing commas were stripped with the empty lines: they are missing values, put them back.
    end = raw.find(b"\n", filled)
    last_fields = raw.count(b",", last_start, end if end >= 0 else len(raw))
    if last_fields < raw.count(b",", 0, header_end if header_end >= 0 else filled):
        report.incomplete += 1
        return raw[:last_start]
    return raw[: end + 1] if end >= 0 else raw


def _filled(raw: bytes) -> int:
    """How long the text is without what is empty at its end."""
    # Stripping a whole file copies it; what is empty is at the end, if there is any.
    tail = raw[-65_536:]
    filled = len(tail.rstrip(_EMPTY))
    return len(raw) - len(tail) + filled if filled else len(raw.rstrip(_EMPTY))


def read_csv(raw: bytes, name: str, **options: object) -> pd.DataFrame:
    """`pandas.read_csv`, with the name of the file in its errors.

    Large texts without a header are read in parts by a few threads: pandas lets go of the
    interpreter meanwhile.
    """
    parts = _parts(raw) if options.get("header", 0) is None else [raw]
    if len(parts) > 1:
        try:
            with ThreadPoolExecutor(len(parts)) as pool:
                read = pool.map(lambda part: pd.read_csv(io.BytesIO(part), **options), parts)
                return pd.concat(read, ignore_index=True)
        except ValueError:
            pass  # read once more as a whole, for the right line in the message
    try:
        return pd.read_csv(io.BytesIO(raw), **options)
    except ValueError as error:
        raise ValueError(
            f"{name} cannot be read as the CSV file expected here: {error}. Compare its first "
            "lines with the original, or download it again."
        ) from error


def _parts(raw: bytes) -> list[bytes]:
    """The text cut at line ends, a part for each thread that is of use."""
    count = min(4, os.cpu_count() or 1, len(raw) // _WORTH_A_THREAD)
    if count < 2 or b'"' in raw:  # a quoted field may hold a line end
        return [raw]
    ends = [raw.find(b"\n", len(raw) * i // count) + 1 for i in range(1, count)]
    edges = sorted({0, *ends, len(raw)})
    return [raw[first:end] for first, end in zip(edges[:-1], edges[1:], strict=True)]


def whole_rows(body: bytes, rows: pd.DataFrame, width: int, name: str) -> np.ndarray:
    """False for the rows of lines with too few fields; too many are an error.

    pandas fills up short lines and cuts long ones without a word when told which columns to
    use, and a long line usually means that all its values stand in the wrong columns.

    Args:
        body: the lines after the header.
        rows: what pandas read from them, the last column of the file included.
        width: fields that a line should have.
        name: of the file, for the error.
    """
    if body.count(b",") == len(rows) * (width - 1) and not rows.iloc[:, -1].isna().any():
        return np.ones(len(rows), bool)  # a short line would leave its last field missing
    lines = [line.strip() for line in body.split(b"\n")]
    for number, line in enumerate(lines, start=2):
        if line.rstrip(b",").count(b",") >= width:
            raise ValueError(
                f"{name}, line {number} has more than the {width} fields of the header: "
                f"{line[:80].decode('latin-1')!r}. Numbers need a decimal point, not a comma."
            )
    whole = np.array([line.count(b",") + 1 >= width for line in lines if line], bool)
    if len(whole) != len(rows):
        raise ValueError(
            f"{name} has {len(whole):,} lines below its header, but {len(rows):,} rows: a line end "
            "(\\r) or a quotation mark stands inside a line. Compare it with the original."
        )
    return whole
