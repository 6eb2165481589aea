"""The movie reviews: the archive as a stream, ids without running a pickle, and the real file."""

import io
import os
import pickle
import tarfile

import numpy as np
import pytest

from datasets import load_imdb, load_imdb_ids

pytestmark = pytest.mark.backend_free


def archive(path, members, **options):
    """A tar.gz of `{name: bytes}`, in that order."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for name, target in options.get("links", {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
    return path


def reviews(count=4):
    return {
        f"aclImdb/{part}/{kind}/{i}_7.txt": f"{part} {kind} {i} é<br />".encode()
        for i in reversed(range(count))
        for kind in ("pos", "neg")
        for part in ("train", "test")
    }


def test_members_are_sorted_read_and_labelled(tmp_path):
    data = load_imdb(archive(tmp_path / "some.tar.gz", reviews()), validation=0.25)
    assert data.kind == "texts" and not data.synthetic and len(data.fingerprint) == 64
    assert data.test.documents[0] == "test neg 0 é<br />"
    assert data.test.labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert (len(data.train), len(data.validation)) == (6, 2)
    for part in (data.train, data.validation, data.test):
        for text, label in zip(part.documents, part.labels, strict=True):
            assert f"{'pos' if label else 'neg'}" in text


def test_nothing_is_written_and_what_is_no_review_is_passed_over(tmp_path):
    evil = {
        "../escaped.txt": b"x",
        "/tmp/escaped.txt": b"x",
        "aclImdb/train/pos/../../../../escaped_1.txt": b"x",
        "aclImdb/train/unsup/0_0.txt": b"x",
        "aclImdb/train/urls_pos.txt": b"x",
    }
    links = {"aclImdb/train/pos/99_9.txt": "/etc/passwd"}
    inner = tmp_path / "deep" / "deeper"
    inner.mkdir(parents=True)
    path = archive(inner / "aclImdb_v1.tar.gz", {**evil, **reviews()}, links=links)
    before = sorted(tmp_path.rglob("*"))
    data = load_imdb(inner)
    assert sorted(tmp_path.rglob("*")) == before and path.exists()
    everything = data.train.documents + data.validation.documents + data.test.documents
    assert len(everything) == 16 and "x" not in everything
    assert not any("root" in text for text in everything)


def test_a_cut_or_odd_archive_is_refused(tmp_path):
    whole = archive(tmp_path / "whole.tar.gz", reviews(200))
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(ValueError, match="cut.tar.gz cannot be read to its end"):
        load_imdb(cut)
    with pytest.raises(ValueError, match="has no train reviews of both kinds.*0 reviews"):
        load_imdb(archive(tmp_path / "empty.tar.gz", {"readme": b"x"}))
    odd = reviews() | {"aclImdb/test/neg/5_1.txt": b"caf\xe9"}
    with pytest.raises(ValueError, match=r"aclImdb/test/neg/5_1.txt is not UTF-8"):
        load_imdb(archive(tmp_path / "latin.tar.gz", odd))


def test_without_file_and_network_the_error_says_where_and_how(nowhere, monkeypatch):
    import keras

    def refuse(*args, **options):
        raise OSError("no network")

    monkeypatch.setattr(keras.utils, "get_file", refuse)
    for load, name in ((load_imdb, "aclImdb_v1.tar.gz"), (load_imdb_ids, "imdb.npz")):
        with pytest.raises(FileNotFoundError) as caught:
            load()
        message = str(caught.value)
        assert "KERAS_SEQEXT_DATA: not set" in message and str(nowhere) in message
        assert "no network" in message and f"put {name} into any folder" in message


def npz(path, rows, labels=(0, 1, 0, 1)):
    ragged = np.empty(len(rows), object)
    ragged[:] = rows
    np.savez(path, x_train=ragged, y_train=labels, x_test=ragged[:2], y_test=labels[:2])
    return path


def test_ids_as_keras_has_them(tmp_path):
    path = npz(tmp_path / "imdb.npz", [[1, 5], [2], [9, 9, 3], [1, 5]])
    data = load_imdb_ids(path, num_words=5)
    assert data.kind == "ids" and data.report.repeats_in_train == 1 and data.report.shared == 2
    assert data.test.documents[0].tolist() == [1, 4, 8]
    everything = [row.tolist() for row in data.train.documents + data.validation.documents]
    assert [1, 2, 2, 6] in everything  # rank 9 is beyond five words: unknown
    with pytest.raises(ValueError, match="`num_words` must be a positive integer. Received: 0"):
        load_imdb_ids(path, num_words=0)


class Evil:
    """Unpickled, it would make a folder."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_pickle_that_asks_for_more_is_refused_and_not_run(tmp_path):
    trace = tmp_path / "was-run"
    path = npz(tmp_path / "imdb.npz", [[1], [2], Evil(trace), [1]])
    with pytest.raises(ValueError, match="it asks for posix.mkdir|it asks for nt.mkdir"):
        load_imdb_ids(path)
    assert not trace.exists()
    pickle.loads(pickle.dumps(Evil(trace)))
    assert trace.exists()  # so the file was able to do it


def test_ids_of_another_layout_are_refused(tmp_path):
    np.savez(tmp_path / "imdb.npz", x=np.arange(3))
    with pytest.raises(ValueError, match="must hold x_train, y_train, x_test, y_test. Received: x"):
        load_imdb_ids(tmp_path)
    with pytest.raises(ValueError, match="one label, 0 or 1, a review"):
        load_imdb_ids(npz(tmp_path / "imdb.npz", [[1], [2], [3], [4]], labels=(0, 1, 2, 1)))
    (tmp_path / "bad.npz").write_bytes(b"PK no")
    with pytest.raises(ValueError, match="bad.npz is no .npz file"):
        load_imdb_ids(tmp_path / "bad.npz")


def test_the_real_archive(real_data):
    data = load_imdb(real_data)
    assert len(data.train) == len(data.validation) * 4 == 20_000 and len(data.test) == 25_000
    report = data.report
    assert (report.repeats_in_train, report.repeats_in_test, report.shared) == (96, 199, 123)
    for part in (data.train, data.validation, data.test):
        assert part.labels.mean() == 0.5
    dropped = load_imdb(real_data, duplicates="drop")
    known = set(dropped.test.documents)
    learned = dropped.train.documents + dropped.validation.documents
    assert not known & set(learned) and len(set(learned)) == len(learned) == 25_000 - 219
