"""Detection of files that are no CSV with commas and decimal points, with a remedy for each."""

import re

# First bytes of formats that are easily passed in place of a CSV.
SIGNATURES = {
    b"\x1f\x8b": ("compressed with gzip", "Unpack it first, e.g. with gunzip"),
    b"BZh": ("compressed with bzip2", "Unpack it first, e.g. with bunzip2"),
    b"\xfd7zXZ\0": ("compressed with xz", "Unpack it first, e.g. with unxz"),
    b"\x28\xb5\x2f\xfd": ("compressed with zstandard", "Unpack it first, e.g. with unzstd"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "Unpack it first, e.g. with 7z x"),
    b"\xff\xfe": ("text in UTF-16", "Convert it first, e.g. with iconv -f UTF-16 -t UTF-8"),
    b"\xfe\xff": ("text in UTF-16", "Convert it first, e.g. with iconv -f UTF-16 -t UTF-8"),
    b"PAR1": ("a Parquet file", "Convert it with pandas.read_parquet(...).to_csv(...)"),
    b"PK\x03\x04": ("a zip file", "Unpack it first, e.g. with unzip"),
}
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
NUMBERS = (
    "Numbers need a decimal point, not a comma, and no thousands separators. Convert the file, "
    "e.g. with pandas.read_csv(..., decimal=',', thousands='.').to_csv(..., index=False)."
)


def check_text(raw: bytes, name: str) -> None:
    """Raise ValueError if a file is compressed, in UTF-16 or binary.

    >>> check_text(b"\\x1f\\x8b\\x08", "a.csv.gz")
    Traceback (most recent call last):
        ...
    ValueError: a.csv.gz must be a CSV file in UTF-8 or Latin-1. Received: a file that is \
compressed with gzip. Unpack it first, e.g. with gunzip.
    """
    found = next((kind for mark, kind in SIGNATURES.items() if raw.startswith(mark)), None)
    # Padding with null bytes at the end is removed elsewhere; in a header they are not text.
    if found is None and b"\0" in raw[:4096].rstrip(b"\0").partition(b"\n")[0]:
        found = ("not text, but binary", "Pass the CSV file, or download it again")
    if found is None:
        return
    kind, remedy = found
    raise ValueError(
        f"{name} must be a CSV file in UTF-8 or Latin-1. Received: a file that is {kind}. {remedy}."
    )


def separator_hint(header: str) -> str:
    """Return a remedy if the fields of a header are not separated by commas, or an empty string.

    >>> separator_hint("time;temp;wind")[:41]
    ' The fields are separated by semicolons; '
    """
    for mark, word in SEPARATORS.items():
        if header.count(mark) > header.count(","):
            return (
                f" The fields are separated by {word}; separate them by commas, e.g. with "
                f"pandas.read_csv(..., sep={mark!r}).to_csv(..., index=False). If the numbers "
                "have a decimal comma, add decimal=','."
            )
    return ""


def number_hint(message: str) -> str:
    """Return a remedy if an error of pandas is about a decimal comma or a thousands separator.

    >>> number_hint("could not convert string to float: '1,013.25'") == f" {NUMBERS}"
    True
    >>> number_hint("could not convert string to float: 'mild'")
    ''
    """
    found = re.search(r"""to float: ["'](.*)["']""", message)
    # Any character that is not ASCII may be a blank of another width.
    value = re.sub(r"[^\x00-\x7f]+", " ", found[1]) if found else ""
    if ";" in value:
        return separator_hint(value)
    number = value.strip().lstrip("+-")
    separated = re.fullmatch(r"[\d.,'_ ]*\d[\d.,'_ ]*", number) and (
        re.search(r"[,'_ ]", number) or number.count(".") > 1
    )
    return f" {NUMBERS}" if separated else ""
