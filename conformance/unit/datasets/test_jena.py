"""The Jena loader on generated files with every kind of data issue."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets import load_jena

pytestmark = pytest.mark.backend_free

HEADER = '"Date Time","p (mbar)","T (degC)","wv (m/s)","max. wv (m/s)","wd (deg)"'
NEWER = HEADER + ',"rain (mm)","SWDR (W/m²)","PAR (µmol/m²/s)","CO2 (ppm)"'


def stamp(row: int) -> str:
    return f"{pd.Timestamp('2009-01-01 00:10') + row * pd.Timedelta('10min'):%d.%m.%Y %H:%M:%S}"


def line(row: int, values: str = "") -> str:
    return f"{stamp(row)},{values or f'990,{row},2,3,90'}"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(
        *lines: str, header: str = HEADER, name: str = "jena.csv", encoding: str = "utf-8"
    ) -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join([header, *lines, ""]).encode(encoding))
        return path

    return write


def test_clean_file(write: Callable[..., Path]) -> None:
    path = write(*map(line, range(4)))
    data = load_jena(path)
    assert str(data.report) == "jena: 4 rows; nothing to repair"
    assert list(data.frame.columns) == [
        "time",
        "p (mbar)",
        "T (degC)",
        "wv (m/s)",
        "max. wv (m/s)",
        "wd_sin",
        "wd_cos",
    ]
    assert data.frame[data.features].dtypes.eq(np.float32).all()
    assert data.frame["time"].iloc[0] == pd.Timestamp("2009-01-01 00:10")
    assert data.frame[data.target].tolist() == [0, 1, 2, 3]
    assert (data.groups, data.seasonal, data.period) == (None, 144, np.timedelta64(10, "m"))
    assert data.units["max. wv (m/s)"] == "m/s"
    assert data.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()
    assert data.observed.all()


def test_all_data_issues_together(write: Callable[..., Path]) -> None:
    path = write(
        line(0),
        line(1, "990,1,-9999.00,-9999,90"),
        line(2),
        line(2),
        line(2, "990,77,2,3,90"),
        line(5),
        line(4, "990,,2,3,90"),
        line(16),
        "",
        "  ",
        "",
    )
    report = load_jena(path).report
    assert str(report) == (
        "jena: 8 rows; 1 row out of order sorted, 2 duplicates dropped, "
        "1 of them with other values, 2 sentinels set to missing, 1 value missing, "
        "2 gaps of 20 min to 110 min, 1 row put into short gaps, 9 values filled in"
    )


def test_limit_and_no_fill(write: Callable[..., Path]) -> None:
    path = write(line(0), line(7), line(8, "990,-9999,2,3,90"), line(9))
    data = load_jena(path)
    assert data.frame[data.target].tolist() == list(range(10))
    assert data.observed.tolist() == [True, *[False] * 6, True, False, True]
    assert len(load_jena(path, limit=5).frame) == 4
    bare = load_jena(path, fill=None)
    np.testing.assert_array_equal(bare.frame[bare.target], [0, 7, np.nan, 9])
    assert bare.report.values_left == 1


def test_other_sentinels(write: Callable[..., Path]) -> None:
    path = write(line(0, "990,-9999,2,3,90"), line(1, "990,-999,2,3,90"), line(2))
    np.testing.assert_array_equal(
        load_jena(path, fill=None, sentinels=(-999, -9999)).frame["T (degC)"], [np.nan, np.nan, 2]
    )
    assert load_jena(path, fill=None, sentinels=()).frame["T (degC)"].tolist() == [-9999, -999, 2]


def test_newer_layout_in_both_encodings(write: Callable[..., Path]) -> None:
    lines = [line(row, f"990,{row},2,3,90,0,5,6,400") for row in range(3)]
    frames = []
    for encoding in ("latin-1", "utf-8", "utf-8-sig"):
        data = load_jena(write(*lines, header=NEWER, encoding=encoding))
        assert {"SWDR (W/m²)", "PAR (µmol/m²/s)"} < set(data.features)
        assert data.units["SWDR (W/m²)"] == "W/m²"
        frames.append(data.frame)
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


def test_column_of_sentinels_is_dropped(write: Callable[..., Path]) -> None:
    lines = [line(row, f"990,{row},2,3,90,0,5,6,-9999") for row in range(3)]
    data = load_jena(write(*lines, header=NEWER))
    assert "CO2 (ppm)" not in data.frame and "CO2 (ppm)" not in data.units
    assert data.report.sentinels == 3
    assert data.report.notes == ["dropped CO2 (ppm) (100% missing)"]


def test_zip_with_several_files_in_time_order(write: Callable[..., Path], tmp_path: Path) -> None:
    later = write(*map(line, range(3, 6)), name="a.csv").read_bytes()
    earlier = write(*map(line, range(4)), name="b.csv").read_bytes()
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", later)
        archive.writestr("sub/b.csv", earlier)
        archive.writestr("__MACOSX/sub/._b.csv", b"\x00\x05\x16\x07")
        archive.writestr("readme.pdf", b"%PDF")
    data = load_jena(path)
    assert data.frame[data.target].tolist() == [0, 1, 2, 3, 4, 5]
    assert str(data.report) == "jena: 7 rows; 1 duplicate dropped; 2 files joined"
    assert data.fingerprint == hashlib.sha256(earlier + later).hexdigest()


def test_fingerprint_depends_on_content_only(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(*map(line, range(3)))
    packed = tmp_path / "jena.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "any.csv")
    assert load_jena(packed).fingerprint == load_jena(path).fingerprint


def test_joined_layouts_retain_shared_columns(write: Callable[..., Path]) -> None:
    new = write(line(3, "990,3,2,3,90,0,5,6,400"), header=NEWER, name="new.csv")
    old = write(*map(line, range(3)), name="old.csv")
    data = load_jena([new, old])
    assert data.frame[data.target].tolist() == [0, 1, 2, 3]
    assert data.report.notes == [
        "2 files joined",
        "dropped CO2 (ppm), PAR (µmol/m²/s), SWDR (W/m²), rain (mm) (not in every file)",
    ]


def test_half_years_of_the_station(write: Callable[..., Path], tmp_path: Path) -> None:
    for row, half in enumerate(("2020a", "2020b")):
        write(line(row), name=f"mpi_roof_{half}.csv")
    data = load_jena(tmp_path, parts=["2020b", "2020a"])
    assert data.frame[data.target].tolist() == [0, 1]


def test_line_endings_and_quoted_stamps(write: Callable[..., Path]) -> None:
    expected = load_jena(write(*map(line, range(3)))).frame
    windows = write(*(f"{line(row)}\r" for row in range(3)), "\r", header=HEADER + "\r")
    pd.testing.assert_frame_equal(load_jena(windows).frame, expected)
    quoted = write(*(f'"{stamp(row)}",990,{row},2,3,90' for row in range(3)))
    pd.testing.assert_frame_equal(load_jena(quoted).frame, expected)
    trailing = write(*(f"{line(row)}," for row in range(3)))
    pd.testing.assert_frame_equal(load_jena(trailing).frame, expected)


@pytest.mark.parametrize("cut", [1, 8, 15, 19, 20, 25, 28])
def test_incomplete_last_line_is_dropped_and_counted(write: Callable[..., Path], cut: int) -> None:
    path = write(*map(line, range(3)))
    path.write_bytes(path.read_bytes() + line(3)[:cut].encode())
    data = load_jena(path)
    assert data.frame[data.target].tolist() == [0, 1, 2]
    assert data.report.incomplete == 1


def test_short_line_is_dropped_and_counted(write: Callable[..., Path]) -> None:
    data = load_jena(write(line(0), f"{stamp(1)},990,55", "", line(2)), fill=None)
    assert data.frame[data.target].tolist() == [0, 2]
    assert data.report.incomplete == 1


@pytest.mark.parametrize(
    ("lines", "header", "message"),
    [
        ([line(0)], "time,T", "jena.csv must begin with a header of 'Date Time'"),
        ([line(0)], '"Date Time","p (mbar)"', r"including 'T \(degC\)'. Received: Date Time, p"),
        ([line(0)], HEADER + ',"T (degC)"', "and distinct quantities"),
        ([], HEADER, "jena.csv has a header but no rows"),
        (["2009-01-01 00:10,9,9,9,9,9"], HEADER, "row 1: '2009-01-01 00:10' is not a time stamp"),
        ([line(0), "31.02.2009 00:20:00,9,9,9,9,9"], HEADER, "row 2: '31.02.2009 00:20:00'"),
        ([line(0, "990,mild,2,3,90")], HEADER, "jena.csv cannot be read .*'mild'"),
        ([line(0), f"{line(1)},5"], HEADER, "line 3 has more than the 6 fields of the header"),
        ([line(0, "990,1,5,2,5,3,90")], HEADER, "need a decimal point, not a comma"),
    ],
)
def test_other_layouts_are_refused(
    write: Callable[..., Path], lines: list[str], header: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        load_jena(write(*lines, header=header))


def test_long_line_is_detected_despite_a_short_line(write: Callable[..., Path]) -> None:
    with pytest.raises(ValueError, match="line 3 has more than the 6 fields"):
        load_jena(write(line(0), f"{line(1)},5", f"{stamp(2)},990,2,2,3", line(3)))


def test_broken_archives(tmp_path: Path) -> None:
    path = tmp_path / "jena.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ValueError, match="cannot be read completely as a zip file"):
        load_jena(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.pdf", b"%PDF")
    with pytest.raises(ValueError, match=r"does not contain a .csv file, only: notes.pdf"):
        load_jena(path)
