"""CSV bytes, before a parser sees them."""

import io

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
