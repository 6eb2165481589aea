"""CSV files of the Jena weather station, alone or in zip files."""

import codecs
import csv
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from datasets._files.archives import opened_zip, regular_members

from .cleaning_report import CleaningReport
from .csv import read_csv, whole_lines, whole_rows
from .plain_numbers import plain_numbers
from .series_data import TIME
from .timestamps import leading_stamps

STAMP = "Date Time"
STAMP_FORMAT = "%d.%m.%Y %H:%M:%S"


def contents(path: Path) -> list[tuple[str, bytes]]:
    """Every CSV text in a file, with a name for error messages."""
    if path.suffix != ".zip" and not zipfile.is_zipfile(path):
        return [(path.name, path.read_bytes())]
    with opened_zip(path) as archive:
        members = regular_members(archive, path)
        texts = [
            info
            for info in members
            if info.filename.lower().endswith((".csv", ".txt"))
            and not info.filename.startswith("__MACOSX/")
        ]
        if not texts:
            raise ValueError(
                f"{path} holds no .csv file, only: "
                f"{', '.join(info.filename for info in members) or 'nothing'}."
            )
        return [(f"{path.name}/{info.filename}", archive.read(info)) for info in texts]


def read_station(raw: bytes, name: str, target: str, report: CleaningReport) -> pd.DataFrame:
    """The rows of one file as `time` and `float32` columns; `name` is for error messages."""
    text = whole_lines(raw.removeprefix(codecs.BOM_UTF8), report)
    line, _, body = text.partition(b"\n")
    columns = _header(line)
    if columns[:1] != [STAMP] or target not in columns or len(set(columns)) < len(columns):
        raise ValueError(
            f"{name} must begin with a header line of {STAMP!r} and then different quantities, "
            f"{target!r} among them. Received: {', '.join(columns)[:300]}."
        )
    if not body[:4096].strip() and not body.strip():
        raise ValueError(f"{name} has a header and no rows: download it again.")
    options = {"names": columns, "header": None, "encoding": "latin-1", "index_col": False}
    plain = plain_numbers(body, len(columns) - 1)
    if plain is None:
        numbers = read_csv(body, name, usecols=columns[1:], dtype=np.float32, **options)
    else:
        numbers = pd.DataFrame(plain, columns=columns[1:])
    stamps = leading_stamps(body)
    if stamps is None or len(stamps) != len(numbers):
        written = read_csv(body, name, usecols=[STAMP], dtype=str, **options)[STAMP]
        stamps = _slow_stamps(written, name)
    numbers.insert(0, TIME, stamps)
    if plain is not None:
        return numbers  # every line had all fields
    whole = whole_rows(body, numbers, len(columns), name)
    report.incomplete += int((~whole).sum())
    if not whole.any():
        raise ValueError(f"{name} has no line with all {len(columns)} fields of its header.")
    return numbers if whole.all() else numbers[whole].reset_index(drop=True)


def _header(line: bytes) -> list[str]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("latin-1")
    try:
        return [column.strip() for column in next(csv.reader([text.strip("\r")]), [])]
    except csv.Error:  # a line end of old Macs in it, or a field without end
        return [text]


def _slow_stamps(written: pd.Series, name: str) -> np.ndarray:
    stamps = pd.to_datetime(written.str.strip(), format=STAMP_FORMAT, errors="coerce")
    bad = np.flatnonzero(stamps.isna())
    if len(bad):
        raise ValueError(
            f"{name}, row {bad[0] + 1}: {written.iloc[bad[0]]!r} is no time stamp of the form "
            f"31.12.2016 23:50:00 ({len(bad):,} such rows)."
        )
    parsed: np.ndarray = stamps.to_numpy("datetime64[s]")
    return parsed
