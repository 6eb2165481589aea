"""CSV bytes, before a parser sees them."""

import io

import numpy as np
import pandas as pd

from ._report import DirtReport


def whole_lines(raw: bytes, report: DirtReport) -> bytes:
    """The text without empty lines at its end, and without a last line that is cut off.

    >>> report = DirtReport("x")
    >>> whole_lines(b"a,b\\n1,2\\n3\\n\\n", report), report.incomplete
    (b'a,b\\n1,2\\n', 1)
    """
    text = raw.rstrip(b" \t\r\n,;\0\x1a")
    header = text[: text.find(b"\n")] if b"\n" in text else text
    last = text[text.rfind(b"\n") + 1 :]
    # Trailing commas were stripped with the empty lines: they are missing values, put them back.
    end = raw.find(b"\n", len(text))
    last = raw[len(text) - len(last) : end if end >= 0 else len(raw)]
    if last.count(b",") < header.count(b","):
        report.incomplete += 1
        return text[: text.rfind(b"\n") + 1]
    return raw[: end + 1] if end >= 0 else raw


def read_csv(raw: bytes, name: str, **options: object) -> pd.DataFrame:
    """`pandas.read_csv`, with the name of the file in its errors."""
    try:
        return pd.read_csv(io.BytesIO(raw), **options)
    except ValueError as error:
        raise ValueError(
            f"{name} cannot be read as the CSV file expected here: {error}. Compare its first "
            "lines with the original, or download it again."
        ) from error


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
    return np.array([line.count(b",") + 1 >= width for line in lines if line])
