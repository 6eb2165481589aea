"""Cache of word vectors: hits, keys, damaged files and folders."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from keras_seqext.text.word_vectors.reader import cache
from keras_seqext.text.word_vectors.reader.cache import cache_folder, fingerprint_of_file
from keras_seqext.text.word_vectors.reader.word_vectors import WordVectors, read_word_vectors

from .word_vector_files import numbered_lines, write

pytestmark = pytest.mark.backend_free

WORDS = ["w3", "w11", "absent"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path, numbered_lines(20))


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List with one entry per search of a file."""
    from keras_seqext.text.word_vectors.reader import word_vectors

    search, log = word_vectors.search_word_vectors, []

    def logged(*arguments: object) -> object:
        log.append("searched")
        return search(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(word_vectors, "search_word_vectors", logged)
    return log


def assert_equal(one: WordVectors, other: WordVectors) -> None:
    assert list(one) == list(other)
    assert one.matrix.tobytes() == other.matrix.tobytes()
    assert one.matrix.shape == other.matrix.shape


def test_second_load_does_not_search(source: Path, tmp_path: Path, searches: list[str]) -> None:
    folder = tmp_path / "new" / "folder"
    first = read_word_vectors(source, WORDS, cache=folder)
    second = read_word_vectors(source, WORDS, cache=str(folder))
    assert_equal(first, second)
    assert len(searches) == 1
    assert [path.suffix for path in folder.iterdir()] == [".npz"]
    read_word_vectors(source, WORDS, cache=False)
    assert len(searches) == 2


def test_empty_result_is_cached(source: Path, tmp_path: Path, searches: list[str]) -> None:
    for _ in range(2):
        vectors = read_word_vectors(source, ["absent"], cache=tmp_path / "c")
        assert (len(vectors), vectors.dimension) == (0, 3)
    assert len(searches) == 1


def test_changed_request_or_file_is_searched_again(
    source: Path, tmp_path: Path, searches: list[str]
) -> None:
    folder = tmp_path / "c"

    def load(words: list[str] = WORDS, dimension: int | None = None) -> WordVectors:
        return read_word_vectors(source, words, dimension=dimension, cache=folder)

    load()
    load(WORDS[:2])
    load(WORDS[::-1])
    load(["w3", "w1", "1absent"])  # the same letters, split differently
    load(dimension=3)
    assert len(searches) == 5
    os.utime(source, ns=(1, 1))
    load()
    assert len(searches) == 6
    status = source.stat()
    source.write_bytes(
        source.read_bytes().replace(b"11.2", b"99.9")
    )  # same size and modification time
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert load()["w11"][2] == np.float32(99.9)
    assert len(searches) == 7
    other = source.rename(tmp_path / "other.txt")
    read_word_vectors(other, WORDS, cache=folder)
    assert len(searches) == 8


@pytest.mark.parametrize(
    "damage", ["empty", "text", "truncated", "flipped", "foreign", "rows", "pickle"]
)
def test_damaged_cache_is_ignored_and_replaced(
    source: Path, tmp_path: Path, searches: list[str], damage: str
) -> None:
    folder = tmp_path / "c"
    first = read_word_vectors(source, WORDS, cache=folder)
    (cached,) = folder.iterdir()
    data = bytearray(cached.read_bytes())
    with np.load(cached) as arrays:
        parts = {name: arrays[name] for name in arrays}
    if damage == "empty":
        cached.write_bytes(b"")
    elif damage == "text":
        cached.write_bytes(b"not a zip")
    elif damage == "truncated":
        cached.write_bytes(data[: len(data) // 2])
    elif damage == "flipped":
        start = data.index(first.matrix.tobytes())
        data[start] ^= 0xFF
        cached.write_bytes(data)
    elif damage == "foreign":
        np.savez(cached, **{**parts, "key": np.array("another key")})
    elif damage == "rows":
        np.savez(cached, **{**parts, "rows": parts["rows"] + 100})
    elif damage == "pickle":
        np.savez(cached, **{**parts, "rows": np.array([1, None], object)})
    assert_equal(read_word_vectors(source, WORDS, cache=folder), first)
    assert len(searches) == 2
    assert_equal(read_word_vectors(source, WORDS, cache=folder), first)
    assert len(searches) == 2


def test_failed_write_leaves_no_file(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(cache.os, "replace", fails)
    folder = tmp_path / "c"
    with pytest.raises(OSError, match="disk full"):
        read_word_vectors(source, WORDS, cache=folder)
    assert list(folder.iterdir()) == []


def test_default_folder_is_in_the_keras_home(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    assert cache_folder(True) == tmp_path / "home" / "keras_seqext"
    read_word_vectors(source, WORDS, cache=True)
    assert len(list((tmp_path / "home" / "keras_seqext").glob("*.npz"))) == 1
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder(True) == tmp_path / ".keras" / "keras_seqext"


def test_read_only_home_is_ignored(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = write(tmp_path, "a file where the folder should be", "home")
    monkeypatch.setenv("KERAS_HOME", str(blocked))
    assert "w3" in read_word_vectors(source, WORDS, cache=True)
    with pytest.raises(OSError):
        read_word_vectors(source, WORDS, cache=blocked)


def test_fingerprint_depends_on_size_and_both_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "EDGE_BYTES", 4)
    prints = {
        fingerprint_of_file(str(write(tmp_path, text)))
        for text in ["aaaabbbb", "xaaabbbb", "aaaabbbx", "aaaa-bbbb", "aaaa", "aaaaa", ""]
    }
    assert len(prints) == 7


def test_second_load_is_faster(tmp_path: Path) -> None:
    source = write(tmp_path, numbered_lines(60_000, dimension=100), "big.txt")
    words = [f"w{n}" for n in range(0, 60_000, 60)] + ["absent"]

    def seconds(cache: bool | Path) -> float:
        start = time.perf_counter()
        read_word_vectors(source, words, cache=cache)
        return time.perf_counter() - start

    seconds(tmp_path / "c")
    again = min(seconds(tmp_path / "c") for _ in range(5))
    search = min(seconds(False) for _ in range(3))
    assert again < search, f"{again:.4f} s from the cache, {search:.4f} s without"
