"""Files that are no CSV with commas and decimal points, and infinite values."""

import bz2
import gzip
import lzma
from pathlib import Path

import numpy as np
import pytest

from datasets import load_jena, load_weather

pytestmark = pytest.mark.backend_free

JENA = "Date Time,p (mbar),T (degC)"
WEATHER = "origin,temp,pressure,time_hour"


def jena(folder: Path, *values: str, header: str = JENA, separator: str = ",") -> Path:
    rows = [
        separator.join([f"01.01.2009 0{hour}:00:00", value, str(hour)])
        for hour, value in enumerate(values)
    ]
    path = folder / "jena.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def weather(folder: Path, *values: str) -> Path:
    rows = [f"EWR,50,{value},2013-01-01 0{hour}:00:00" for hour, value in enumerate(values)]
    path = folder / "weather.csv"
    path.write_text("\n".join([WEATHER, *rows, ""]), encoding="utf-8")
    return path


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "load", [(load_jena, jena, "p (mbar)"), (load_weather, weather, "pressure")]
)
@pytest.mark.parametrize("value", ["inf", "-Infinity", "1e400", "-1e39"])
def test_infinite_values_are_missing_and_counted(tmp_path: Path, load, value: str) -> None:
    loader, write, column = load
    path = write(tmp_path, "990", value, "992", "993")
    data = loader(path, fill=None)
    np.testing.assert_array_equal(data.frame[column], np.float32([990, np.nan, 992, 993]))
    assert (data.report.infinite, data.report.missing, data.report.values_left) == (1, 0, 1)
    assert "1 infinite value set to missing" in str(data.report)
    filled = loader(path)
    assert np.isfinite(filled.frame[filled.features].to_numpy()).all()


def test_infinite_target_is_not_observed(tmp_path: Path) -> None:
    path = jena(tmp_path, "1", "2", "3", header="Date Time,T (degC),p (mbar)")
    path.write_text(path.read_text().replace(",2,", ",inf,"))
    assert load_jena(path).observed.tolist() == [True, False, True]


@pytest.mark.parametrize("value", ['"990,5"', '"1,013.25"', '"1.013,25"', "1'013", "1 013"])
def test_decimal_commas_and_thousands_separators(tmp_path: Path, value: str) -> None:
    remedy = "Numbers need a decimal point, not a comma, and no thousands .* decimal=','"
    with pytest.raises(ValueError, match=f"jena.csv.*{remedy}"):
        load_jena(jena(tmp_path, "990", value))
    with pytest.raises(ValueError, match=f"weather.csv.*{remedy}"):
        load_weather(weather(tmp_path, "990", value))


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_separators(tmp_path: Path, mark: str, word: str) -> None:
    remedy = f"The fields are separated by {word}; .*If the numbers have a decimal comma"
    path = jena(tmp_path, "990,5", header=JENA.replace(",", mark), separator=mark)
    with pytest.raises(ValueError, match=remedy):
        load_jena(path)
    path = weather(tmp_path, "990")
    path.write_text(path.read_text().replace(",", mark))
    with pytest.raises(ValueError, match=remedy):
        load_weather(path)


PACKED = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "UTF-16": lambda raw: raw.decode().encode("utf-16"),
    "binary": lambda raw: raw.replace(b"Date Time,", b"Date\0\1\2\xff").replace(b"origin,", b"o\0"),
}


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("load", [(load_jena, jena), (load_weather, weather)])
def test_compressed_and_binary_files(tmp_path: Path, load, kind: str) -> None:
    loader, write = load
    path = write(tmp_path, "990", "991")
    path.write_bytes(PACKED[kind](path.read_bytes()))
    with pytest.raises(ValueError, match=f"{path.name} must be a CSV file .*{kind}") as error:
        loader(path)
    assert str(error.value).isprintable()
