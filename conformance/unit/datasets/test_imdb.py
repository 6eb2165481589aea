"""Loaders of the movie reviews: streamed archive, pickle-free ids, and the real file."""

import io
import os
import pickle
import tarfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets import load_imdb, load_imdb_ids
from datasets.__main__ import main
from datasets._files import file_search
from datasets._files.convert_ids import convert_ids
from datasets._files.pickled_lists import lists_of_integers

pytestmark = pytest.mark.backend_free


def archive(path, members, **options):
    """Write a tar.gz with the members `{name: bytes}`, in that order."""
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


def test_members_are_sorted_and_labelled(tmp_path):
    data = load_imdb(archive(tmp_path / "some.tar.gz", reviews()), validation=0.25)
    assert data.kind == "texts" and not data.synthetic and len(data.fingerprint) == 64
    assert data.test.documents[0] == "test neg 0 é<br />"
    assert data.test.labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert (len(data.train), len(data.validation)) == (6, 2)
    for part in (data.train, data.validation, data.test):
        for text, label in zip(part.documents, part.labels, strict=True):
            assert f"{'pos' if label else 'neg'}" in text


def test_nothing_is_written_and_other_members_are_skipped(tmp_path):
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


def test_truncated_or_unexpected_archive_is_refused(tmp_path):
    whole = archive(tmp_path / "whole.tar.gz", reviews(200))
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(ValueError, match="cut.tar.gz cannot be read completely"):
        load_imdb(cut)
    with pytest.raises(
        ValueError, match="does not contain train reviews of both classes.*0 reviews"
    ):
        load_imdb(archive(tmp_path / "empty.tar.gz", {"readme": b"x"}))
    odd = reviews() | {"aclImdb/test/neg/5_1.txt": b"caf\xe9"}
    with pytest.raises(ValueError, match=r"aclImdb/test/neg/5_1.txt is not UTF-8"):
        load_imdb(archive(tmp_path / "latin.tar.gz", odd))


def test_error_without_file_and_network_lists_places_and_remedies(nowhere, monkeypatch):
    def refuse(*args, **options):
        raise OSError("no network")

    monkeypatch.setattr(file_search, "fetch", refuse)
    for load, name in ((load_imdb, "aclImdb_v1.tar.gz"), (load_imdb_ids, "imdb.npz")):
        with pytest.raises(FileNotFoundError) as caught:
            load()
        message = str(caught.value)
        assert "KERAS_SEQEXT_DATA: not set" in message and str(nowhere) in message
        assert "no network" in message and f"put {name} into any folder" in message


def npz(path, rows, labels=(0, 1, 0, 1)):
    """Write pickled lists, as in the file of Keras."""
    ragged = np.empty(len(rows), object)
    ragged[:] = rows
    np.savez(path, x_train=ragged, y_train=labels, x_test=ragged[:2], y_test=labels[:2])
    return path


def converted(path):
    convert_ids(path, path.with_name("imdb_ids.npz"))
    return path.with_name("imdb_ids.npz")


def test_ids_equal_those_of_keras(tmp_path):
    path = converted(npz(tmp_path / "imdb.npz", [[1, 5], [2], [9, 9, 3], [1, 5]]))
    data = load_imdb_ids(path, num_words=5)
    assert data.kind == "ids" and data.report.repeats_in_train == 1 and data.report.shared == 2
    assert data.test.documents[0].tolist() == [1, 4, 8]
    everything = [row.tolist() for row in data.train.documents + data.validation.documents]
    assert [1, 2, 2, 6] in everything  # rank 9 is outside the vocabulary of five words
    assert (
        load_imdb_ids(tmp_path).fingerprint == data.fingerprint
    )  # the converted file is preferred


def test_pickled_ids_are_converted_on_request_and_never_loaded(tmp_path, monkeypatch, capsys):
    path = npz(tmp_path / "imdb.npz", [[1, 5], [2], [9, 9, 3], [1, 5]])
    with pytest.raises(ValueError, match="holds Python objects, as a pickle.*datasets convert-ids"):
        load_imdb_ids(path)
    for answer in ("n", ""):
        monkeypatch.setattr("builtins.input", lambda question, answer=answer: answer)
        assert main(["convert-ids", str(path)]) == 1
    assert "is NOT the file that Keras publishes" in capsys.readouterr().out
    assert [one.name for one in tmp_path.iterdir()] == ["imdb.npz"]
    monkeypatch.setattr("builtins.input", lambda question: "y")
    assert main(["convert-ids", str(path)]) == 0
    assert "6 reviews written" in capsys.readouterr().out
    assert load_imdb_ids(path).test.documents[0].tolist() == [1, 4, 8]
    with pytest.raises(SystemExit) as usage:
        main(["convert-ids", "gone.npz"])
    assert usage.value.code == 2
    assert "file 'gone.npz' not found: pass the path of imdb.npz" in capsys.readouterr().err


class Evil:
    """An object that creates a folder when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_pickle_with_other_calls_is_refused_and_not_run(tmp_path):
    trace = tmp_path / "was-run"
    path = npz(tmp_path / "imdb.npz", [[1], [2], Evil(trace), [1]])
    with pytest.raises(ValueError, match="refers to posix.mkdir|refers to nt.mkdir"):
        converted(path)
    assert not trace.exists()
    pickle.loads(pickle.dumps(Evil(trace)))
    assert trace.exists()  # so the pickle does run code when it is loaded


@given(
    st.lists(st.lists(st.integers(-(2**70), 2**70), max_size=300), max_size=5), st.integers(0, 4)
)
def test_lists_round_trip_through_every_pickle_protocol(rows, protocol):
    array = np.empty(len(rows), object)
    array[:] = rows
    assert lists_of_integers(pickle.dumps(array, protocol)) == rows


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.array([["a"], None], object), "not a list of integers"),
        (np.array([[1.5], [2]], object), "opcode BINFLOAT"),
        ([1, 2], "not a pickled array"),
        (np.arange(3), "refers to|not an array of one dimension|opcode"),
        (np.array([{}], object), "opcode EMPTY_DICT"),
    ],
)
def test_pickles_of_other_objects_are_refused(value, message):
    if isinstance(value, np.ndarray) and value.dtype == object and value.ndim > 1:
        value = np.array([*map(list, value), None], object)[:-1]
    with pytest.raises(ValueError, match=message):
        lists_of_integers(pickle.dumps(value, 4))
    with pytest.raises(ValueError):
        lists_of_integers(pickle.dumps(value, 4)[:-1])


def test_ids_of_another_layout_are_refused(tmp_path):
    np.savez(tmp_path / "imdb.npz", x=np.arange(3))
    with pytest.raises(ValueError, match="must hold x_train, x_train_ends.* Received: x"):
        load_imdb_ids(tmp_path)
    with pytest.raises(ValueError, match="must hold x_train. Received: x.npy"):
        converted(tmp_path / "imdb.npz")
    with pytest.raises(ValueError, match="one label, 0 or 1, per review"):
        load_imdb_ids(converted(npz(tmp_path / "a.npz", [[1], [2], [3], [4]], (0, 1, 2, 1))))
    flat = {"x_train": np.ones(3, int), "x_train_ends": [2, 1], "y_train": [0, 1]}
    test = {"x_test": np.ones(2, int), "x_test_ends": [1, 2], "y_test": [0, 1]}
    np.savez(tmp_path / "b.npz", **flat, **test)
    with pytest.raises(ValueError, match="ascending end position of each review"):
        load_imdb_ids(tmp_path / "b.npz")
    (tmp_path / "bad.npz").write_bytes(b"PK no")
    with pytest.raises(ValueError, match="bad.npz cannot be read completely as a zip file"):
        load_imdb_ids(tmp_path / "bad.npz")


def test_real_archive(real_data):
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
