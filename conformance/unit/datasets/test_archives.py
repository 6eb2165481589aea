"""Malicious archives: path traversal, links, devices and zip bombs."""

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from datasets._files import archives
from datasets._files.archives import opened_zip, regular_members
from datasets._files.number_arrays import PickledArray, read_npz
from datasets._series.station_csv import csv_members
from datasets.imdb import load_imdb
from keras_seqext.text.word_vectors.reader.word_vectors import read_word_vectors

pytestmark = pytest.mark.backend_free

LINK = (stat.S_IFLNK | 0o777) << 16
DEVICE = (stat.S_IFCHR | 0o666) << 16


def zipped(path: Path, members: dict[str, bytes], attributes: int = 0, method: int = 8) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = attributes, method
            archive.writestr(info, content)
    return path


@pytest.mark.parametrize("name", ["../out.csv", "/out.csv", "a/../../out.csv", "C:\\out.csv"])
def test_member_names_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = zipped(folder / "x.zip", {name: b"the 1 2\n"})
    assert [raw for _, raw in csv_members(path)] == [b"the 1 2\n"]  # read, never written
    assert list(read_word_vectors(path, ["the"])) == ["the"]
    assert sorted(tmp_path.rglob("*")) == [folder, path]


@pytest.mark.parametrize("attributes", [LINK, DEVICE])
def test_links_and_devices_in_zips_are_refused(tmp_path: Path, attributes: int) -> None:
    path = zipped(tmp_path / "x.zip", {"passwords.csv": b"/etc/passwd"}, attributes)
    with pytest.raises(ValueError, match="does not contain a .csv file, only: nothing"):
        csv_members(path)
    with pytest.raises(ValueError, match="passwords.csv is a link or a device"):
        read_word_vectors(path, ["the"])


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_links_and_devices_in_tars_are_skipped(tmp_path: Path, kind: bytes) -> None:
    secret = tmp_path / "secret"
    secret.write_text("outside")
    path = tmp_path / "aclImdb_v1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name in ("aclImdb/train/pos/0_9.txt", "../aclImdb/train/neg/0_1.txt", "/etc/x"):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(secret)
            tar.addfile(info)
    with pytest.raises(
        ValueError, match="does not contain train reviews of both classes.* 0 reviews in total"
    ):
        load_imdb(path)
    assert sorted(tmp_path.iterdir()) == [path, secret]


def test_zip_bombs_are_refused_before_unpacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "ALWAYS_ALLOWED", 1 << 20)
    monkeypatch.setattr(
        "keras_seqext.text.word_vectors.reader.compressed_file.MIN_BOMB_BYTES", 1 << 20
    )
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    path = zipped(tmp_path / "bomb.zip", {"a.csv": bytes(2 << 20)})
    times = "[0-9,]+ times as many: it may be a zip bomb. The limit is "
    with pytest.raises(ValueError, match=times + "1,048,576 bytes or 100 times the archive"):
        csv_members(path)
    with pytest.raises(ValueError, match="bomb.zip .* zip bomb"):
        read_npz(path)
    with pytest.raises(ValueError, match="more than 100 times as many, so this is a zip bomb"):
        read_word_vectors(path, ["the"])
    small = zipped(tmp_path / "many.zip", {f"{n}.csv": bytes(1 << 19) for n in range(4)})
    with pytest.raises(ValueError, match="zip bomb"):  # their sum exceeds the limit
        csv_members(small)
    tar = tmp_path / "bomb.tar.gz"
    with tarfile.open(tar, "w:gz") as archive:
        info = tarfile.TarInfo("aclImdb/train/pos/0_9.txt")
        info.size = 2 << 20
        archive.addfile(info, io.BytesIO(bytes(info.size)))
    with pytest.raises(ValueError, match="bomb.tar.gz .* zip bomb"):
        load_imdb(tar)


def test_member_larger_than_its_declared_size_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.csv": b"1,2\n" * 1000})
    raw = path.read_bytes().replace((4000).to_bytes(4, "little"), (40).to_bytes(4, "little"))
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="x.zip cannot be read completely as a zip file"):
        csv_members(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unsupported_compression_is_named(tmp_path: Path, method: int) -> None:
    path = zipped(tmp_path / "x.zip", {"a.csv": b"1,2\n"}, method=method)
    for read in (csv_members, lambda path: read_word_vectors(path, ["the"])):
        with pytest.raises(ValueError, match="x.zip .* a.csv is neither stored nor deflated"):
            read(path)


def test_password_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.csv": b"1,2\n"}, method=0)
    raw = bytearray(path.read_bytes())
    raw[6] |= 1  # in the header of the member
    raw[raw.index(b"PK\1\2") + 8] |= 1  # and in the directory
    path.write_bytes(raw)
    for read in (csv_members, lambda path: read_word_vectors(path, ["the"])):
        with pytest.raises(ValueError, match="x.zip .*password"):
            read(path)


def test_array_header_must_match_its_data(tmp_path: Path) -> None:
    stream = io.BytesIO()
    np.save(stream, np.arange(4))
    raw = stream.getvalue()
    good = zipped(tmp_path / "a.npz", {"x.npy": raw})
    assert read_npz(good)["x"].tolist() == [0, 1, 2, 3]
    huge = raw.replace(b"(4,), }         ", b"(4000000000,), }")
    others = (raw.replace(b"'<i8'", b"'<V8'"), raw.replace(b"(4,)", b"(-4)"), b"no array")
    for damaged in (raw[:-8], raw + b"\0", huge, *others):
        assert damaged != raw
        with pytest.raises(ValueError, match="a.npz: x (must hold the numbers|is not an array)"):
            read_npz(zipped(tmp_path / "a.npz", {"x.npy": damaged}))
    np.savez(tmp_path / "o.npz", x=np.array([[1], None], object))
    with pytest.raises(PickledArray, match="o.npz: x holds Python objects, as a pickle"):
        read_npz(tmp_path / "o.npz")


def test_valid_archive_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"b.csv": b"2", "a.csv": b"1"}, 0o100644 << 16)
    with opened_zip(path) as archive:
        assert [info.filename for info in regular_members(archive, path)] == ["a.csv", "b.csv"]
