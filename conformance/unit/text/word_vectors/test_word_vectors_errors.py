"""Error messages for invalid files of word vectors, with line number and remedy."""

import bz2
import gzip
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from keras_seqext.text.word_vectors.reader.word_vectors import WordVectors, read_word_vectors

from .word_vector_files import numbered_lines, use_small_blocks, write

pytestmark = pytest.mark.backend_free

VALID = numbered_lines(20)

INVALID = {
    "empty": ("", "line 1: the file is empty"),
    "blank": ("\n\n", "line 1: there is no word vector"),
    "header only": ("5 3\n", "line 1: there is no word vector"),
    "no numbers": ("hello world\nfoo bar\n", "line 1: b'hello world' is not a word vector"),
    "tabs": ("a\t1\t2\nb\t3\t4\n", r"line 1: .* is not a word vector.*one space"),
    "short line": (VALID + "w99 1 2\n" + VALID, "line 21: contains 2 numbers, but 3 were expected"),
    "short unwanted line": (VALID + "x 1 2\n", "line 21: contains 2 numbers, but 3"),
    "long line": (VALID + "w99 1.5 2 3 4\n", "line 21: contains 4 numbers, but 3"),
    "two lines run together": (VALID + "w99 1.5 2 3w98 1.5 2 3\n", "line 21: contains 6 numbers"),
    "truncated": (VALID[:-9], "line 20: contains 2 numbers, but 3 .* truncated: download it again"),
    "ragged near the head": ("a 1 2 3\nb 1 2\nc 1 2 3\n", "line 2: contains 2 numbers, but 3"),
    "not a number": (VALID + "w99 1 x 3\n", "line 21: b'x' is not a finite float32 number"),
    "nan": (VALID + "w99 1 nan 3\n", "line 21: b'nan' is not a finite"),
    "beyond float32": (VALID + "w99 1 1e39 3\n", "line 21: b'1e39' is not a finite float32"),
    "two spaces": (VALID + "w99 1  2 3\n", "line 21: contains 4 numbers, but 3"),
    "latin-1": (
        VALID.encode() + b"".join(b"\xe9%d 1 2 3\n" % n for n in range(10)),
        r"line 21: b'\\xe90' is not UTF-8, like most words outside ASCII.*iconv",
    ),
    "requested word in latin-1": (
        VALID.encode() + b"caf\xe9 1 2 3\n" + VALID.encode(),
        r"line 21: b'caf\\xe9' is not UTF-8, and is probably the requested word 'caf\xe9'",
    ),
    "utf-16": (VALID.encode("utf-16"), "line 1: contains a zero byte.*UTF-16"),
    "binary": (b"20 3\nw1 \x00\x01\x02\x03\n", "line 2: contains a zero byte.*binary"),
    "header too large": ("30 3\n" + VALID, "line 21: the file ends here.* specifies 30 vectors"),
    "header of another dimension": (
        "20 4\n" + VALID,
        "line 2: contains 3 numbers, not dimension=4",
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_invalid_file_raises_with_the_line_number(tmp_path: Path, case: str) -> None:
    data, message = INVALID[case]
    with pytest.raises(ValueError, match=rf"tiny\.txt, {message}"):
        read_word_vectors(write(tmp_path, data), ["w1", "w99", "absent", "caf\xe9"])


@pytest.mark.parametrize(
    "case", ["short line", "short unwanted line", "not a number", "requested word in latin-1"]
)
@pytest.mark.parametrize("block_bytes", [64, 128, 512])
def test_line_number_does_not_depend_on_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, block_bytes: int
) -> None:
    use_small_blocks(monkeypatch, block_bytes)
    test_invalid_file_raises_with_the_line_number(tmp_path, case)


@pytest.mark.parametrize("dimension", [1, 2, 4, 50])
def test_other_dimension_raises(tmp_path: Path, dimension: int) -> None:
    with pytest.raises(ValueError, match=rf"3 numbers, not dimension={dimension}.*dimension=3"):
        read_word_vectors(write(tmp_path, VALID), ["w1"], dimension=dimension)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (lzma.compress(VALID.encode()), "an xz archive"),
        (b"\x28\xb5\x2f\xfd\x04", "a zstd archive"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7-Zip archive"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
    ],
)
@pytest.mark.parametrize("name", ["v.txt", "v.xz", "v"])
def test_other_archives_raise(tmp_path: Path, head: bytes, kind: str, name: str) -> None:
    message = rf"{name} is {kind}. Expected a text of word vectors.*Unpack"
    with pytest.raises(ValueError, match=message):
        read_word_vectors(write(tmp_path, head, name), ["w1"])


@pytest.mark.parametrize("mode", ["w:", "w:gz", "w:bz2"])
@pytest.mark.parametrize("name", ["v.txt", "v.tar.gz", "v.tgz", "v"])
def test_tar_archives_raise(tmp_path: Path, mode: str, name: str) -> None:
    with tarfile.open(tmp_path / name, mode) as archive:
        archive.add(write(tmp_path, numbered_lines(3000), "vectors.txt"), "vectors.txt")
    with pytest.raises(ValueError, match=rf"{name} is a tar archive.*Unpack"):
        read_word_vectors(tmp_path / name, ["w1"])


def test_truncated_bz2_raises(tmp_path: Path) -> None:
    data = bz2.compress(numbered_lines(3000).encode())
    for damaged in (data[: len(data) // 2], data[:60] + b"\0" * 40 + data[100:]):
        with pytest.raises(ValueError, match=r"v\.bz2.*(truncated|damaged).*Download it again"):
            read_word_vectors(write(tmp_path, damaged, "v.bz2"), ["absent"])


def test_line_longer_than_a_block_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_blocks(monkeypatch, 64)
    with pytest.raises(ValueError, match="line 21: is longer than 64 bytes.*binary word2vec"):
        read_word_vectors(write(tmp_path, VALID + "x" * 200), ["absent"])


def test_truncated_gzip_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_blocks(monkeypatch, 256)
    data = gzip.compress(numbered_lines(3000).encode())
    path = write(tmp_path, data[: len(data) // 2], "v.gz")
    with pytest.raises(ValueError, match=r"v\.gz, after line [1-9]\d+: .*truncated"):
        read_word_vectors(path, ["absent"])
    with pytest.raises(ValueError, match=r"v\.gz, after line 0: .*damaged"):
        read_word_vectors(write(tmp_path, "no gzip at all", "v.gz"), ["absent"])


def test_damaged_zip_raises(tmp_path: Path) -> None:
    path = tmp_path / "v.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v.txt", numbered_lines(3000))
    data = path.read_bytes()
    with pytest.raises(ValueError, match="damaged or truncated.*Download it again"):
        read_word_vectors(write(tmp_path, data[: len(data) // 2], "v.zip"), ["absent"])
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 0xFF
    with pytest.raises(ValueError, match=r"v\.zip, "):
        read_word_vectors(write(tmp_path, bytes(flipped), "v.zip"), ["absent"])
    zipfile.ZipFile(path, "w").close()
    with pytest.raises(ValueError, match="It contains: nothing"):
        read_word_vectors(path, ["absent"])


def test_path_errors(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match="`source` must be an existing file.*nowhere.*no such file"
    ):
        read_word_vectors(tmp_path / "nowhere.txt", ["a"])
    with pytest.raises(ValueError, match="must be one file, not a folder"):
        read_word_vectors(tmp_path, ["a"])
    with pytest.raises(TypeError, match="`source` must be the path"):
        read_word_vectors(3, ["a"])  # type: ignore[arg-type]


def test_argument_errors(tmp_path: Path) -> None:
    path = write(tmp_path, VALID)
    with pytest.raises(TypeError, match="Received one str"):
        read_word_vectors(path, "the")
    with pytest.raises(TypeError, match="must contain strings only. Received: 3"):
        read_word_vectors(path, ["a", 3])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="`dimension` must be an integer >= 1"):
        read_word_vectors(path, ["a"], dimension=0)
    with pytest.raises(TypeError, match="`cache` must be True, False or a folder"):
        read_word_vectors(path, ["a"], cache=None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one row for each of 1 distinct words"):
        WordVectors(["a", "a"], read_word_vectors(path, ["w1", "w2"]).matrix)
