"""Reader of word vectors compared with a simple reference, for all forms of files."""

import bz2
import gzip
import io
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_seqext.text.word_vectors.decimals import parse_decimal
from keras_seqext.text.word_vectors.reader.line_blocks import line_blocks
from keras_seqext.text.word_vectors.reader.word_vectors import WordVectors, read_word_vectors

from .word_vector_files import numbered_lines, reference, use_small_blocks, write

pytestmark = pytest.mark.backend_free


def assert_equal(got: WordVectors, want: dict[str, np.ndarray]) -> None:
    assert set(got) == set(want)
    for word, vector in want.items():
        np.testing.assert_array_equal(got[word], vector, err_msg=repr(word))


words_of_files = (
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=24)
    | st.sampled_from(["the", "internationally", "internationalise", "internationalisation-x"])
).filter(lambda word: "\ufeff" not in word)
tokens = st.lists(words_of_files, min_size=1, max_size=3).map(" ".join)
# At the beginning of a file, "route 66" could also be a word with one number more.
plain_tokens = tokens.filter(lambda t: np.isnan(parse_decimal(t.rsplit(" ")[-1].encode())))
numbers = st.one_of(
    st.floats(-10, 10).map("{:.5g}".format),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1, 1).map("{:.7e}".format),
    st.sampled_from(["0", "-0", "5.", ".5", "-.5", "+1", "1E-3", "00.250", "0.1234567890123456"]),
)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, int, list[str]]:
    dimension = draw(st.integers(1, 5))
    written = draw(st.lists(plain_tokens, min_size=1, max_size=30))
    line_break = draw(st.sampled_from(["\n", "\r\n", " \n"]))
    lines = [
        " ".join([word, *draw(st.lists(numbers, min_size=dimension, max_size=dimension))])
        for word in written
    ]
    text = line_break.join(lines) + (line_break if draw(st.booleans()) else "")
    wanted = draw(st.lists(st.sampled_from(written) | tokens, max_size=20))
    return text.encode(), dimension, wanted


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(files(), st.sampled_from([1024, 1 << 20]))
def test_equals_the_reference(
    tmp_path: Path, file: tuple[bytes, int, list[str]], block_bytes: int
) -> None:
    data, dimension, wanted = file
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_small_blocks(monkeypatch, block_bytes)
        got = read_word_vectors(write(tmp_path, data), wanted, dimension=dimension)
    assert_equal(got, reference(data, set(wanted), dimension))


@given(st.binary(max_size=300).map(lambda b: b.replace(b"\0", b"\n")), st.integers(6, 9))
def test_blocks_contain_all_lines_unbroken(data: bytes, size: int) -> None:
    longest = max((len(line) for line in data.split(b"\n")), default=0)
    got = []
    for block in line_blocks(io.BytesIO(data), buffers=2, block_bytes=longest + size):
        block.find_lines()
        got += [bytes(block.text[a:b]) for a, b in zip(block.starts, block.ends, strict=True)]
    assert got == (data.removesuffix(b"\n").split(b"\n") if data else [])


@pytest.mark.parametrize("block_bytes", [64, 100, 1000])
def test_many_blocks_preserve_order_and_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    use_small_blocks(monkeypatch, block_bytes)
    data = numbered_lines(2000)
    wanted = [f"w{n}" for n in range(1999, 0, -3)] + ["absent"]
    got = read_word_vectors(write(tmp_path, data), wanted)
    assert_equal(got, reference(data.encode(), set(wanted), 3))
    assert list(got)[:2] == ["w1", "w4"]  # in the order of the file


def test_dimension_is_detected(tmp_path: Path) -> None:
    path = write(tmp_path, ". . . 0.5 1\nroute 66 2 3\nthe 4 5\n")
    vectors = read_word_vectors(path, [". . .", "route 66", "route", ".", "the"])
    assert vectors.dimension == 2
    assert {word: vector.tolist() for word, vector in vectors.items()} == {
        ". . .": [0.5, 1.0],
        "route 66": [2.0, 3.0],
        "the": [4.0, 5.0],
    }
    assert vectors.matrix.dtype == np.float32


def test_first_line_of_a_repeated_word_is_used(tmp_path: Path) -> None:
    vectors = read_word_vectors(write(tmp_path, "a 1 2\nb 3 4\na 5 6\n"), ["a", "absent"])
    assert vectors["a"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("header", ["2 3\n", "2 3 \r\n"])
@pytest.mark.parametrize("dimension", [None, 3])
def test_header_line_is_skipped(tmp_path: Path, header: str, dimension: int | None) -> None:
    path = write(tmp_path, header + "2 0.1 0.2 0.3\nb 1 2 3\n")
    vectors = read_word_vectors(path, ["2", "b", "3"], dimension=dimension)
    assert vectors["2"].tolist() == pytest.approx([0.1, 0.2, 0.3])
    assert list(vectors) == ["2", "b"]


def test_line_of_a_one_dimensional_vector_is_not_a_header(tmp_path: Path) -> None:
    path = write(tmp_path, "7 5\nb 2\n")
    assert read_word_vectors(path, ["7"])["7"].tolist() == [5.0]


def test_byte_order_mark_and_blank_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeffthe 1 2\n\ncat 3 4\n\n\n")
    vectors = read_word_vectors(path, ["the", "cat", ""])
    assert {word: vector.tolist() for word, vector in vectors.items()} == {
        "the": [1.0, 2.0],
        "cat": [3.0, 4.0],
    }


def test_words_that_cannot_occur_in_a_file(tmp_path: Path) -> None:
    path = write(tmp_path, "a 1 2\nb 3 4\n")
    assert list(read_word_vectors(path, ["", " ", "a\nb", "\ud800", "x" * 99, "b"])) == ["b"]
    assert len(read_word_vectors(path, [])) == 0


def test_gzip_and_text_path(tmp_path: Path) -> None:
    path = tmp_path / "v.txt.gz"
    path.write_bytes(gzip.compress(numbered_lines(9).encode()))
    assert read_word_vectors(str(path), ["w8"])["w8"].tolist() == pytest.approx([8.0, 8.1, 8.2])


@pytest.mark.parametrize("name", ["v", "v.txt", "v.gz", "v.bz2", "v.download"])
@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, bytes])
def test_content_decides_how_a_file_is_compressed(
    tmp_path: Path, name: str, compress: Callable[[bytes], bytes]
) -> None:
    if compress is bytes and name in ("v.gz", "v.bz2"):
        pytest.skip("damaged: a name of a compressed file without such content")
    data = compress(numbered_lines(4000).encode())
    vectors = read_word_vectors(write(tmp_path, data, name), ["w3999"])
    assert vectors["w3999"].tolist() == np.float32([3999.0, 3999.1, 3999.2]).tolist()


def test_content_decides_for_a_zip(tmp_path: Path) -> None:
    path = glove_zip(tmp_path, "glove.2d.txt").rename(tmp_path / "download")
    assert read_word_vectors(path, ["w1"]).dimension == 2


@pytest.mark.parametrize("word", ["BZh", "BZh9", "PK", "ustar"])
def test_words_that_look_like_archives_are_read(tmp_path: Path, word: str) -> None:
    path = write(tmp_path, f"{word} 1 2\n" + numbered_lines(90, 2))
    assert read_word_vectors(path, [word])[word].tolist() == [1, 2]


@pytest.mark.parametrize("block_bytes", [64, 1000])
def test_lines_that_are_not_utf8_are_skipped_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    use_small_blocks(monkeypatch, block_bytes)
    invalid = [
        b"\xe9t\xe9",
        "naïve".encode()[:3],
        b"long-ascii-beginning\xff",
        b"sixteen--bytes--\xff",
    ]
    lines = numbered_lines(40).encode().splitlines(keepends=True)
    for place, word in enumerate(invalid):
        lines.insert(9 * place, word + b" 7 8 9\n")
    lines += ["é 1 2 3\n".encode(), b"unread\xff 1 2 3\n" * 500]
    vectors = read_word_vectors(write(tmp_path, b"".join(lines)), ["w1", "w39", "é"])
    assert vectors["w39"].tolist() == np.float32([39.0, 39.1, 39.2]).tolist()
    assert vectors["é"].tolist() == [1, 2, 3]
    # Lines after the one in which the last word is found are read only as part of its block.
    assert vectors.skipped_lines >= len(invalid)
    if block_bytes == 64:
        assert vectors.skipped_lines < len(invalid) + 10


def test_a_requested_word_may_also_be_on_a_valid_line(tmp_path: Path) -> None:
    path = write(tmp_path, b"caf\xe9 1 2\n" + "café 3 4\nlast 5 6\n".encode())
    vectors = read_word_vectors(path, ["café", "absent"])
    assert vectors["café"].tolist() == [3, 4]
    assert vectors.skipped_lines == 1


def test_many_skipped_lines_among_more_valid_words(tmp_path: Path) -> None:
    valid = "".join(f"é{n} 1 2\n" for n in range(50)).encode()
    path = write(tmp_path, valid + b"".join(b"\xe9%d 1 2\n" % n for n in range(40)))
    assert read_word_vectors(path, ["é1", "absent"]).skipped_lines == 40


def glove_zip(folder: Path, *names: str) -> Path:
    path = folder / "glove.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, name in enumerate(names):
            archive.writestr(name, numbered_lines(3, dimension=place + 2))
    return path


def test_member_of_a_zip_is_chosen_by_dimension(tmp_path: Path) -> None:
    path = glove_zip(tmp_path, "glove.2d.txt", "glove.3d.txt", "__MACOSX/._glove.3d.txt")
    assert read_word_vectors(path, ["w1"], dimension=3).dimension == 3
    assert read_word_vectors(path, ["w1"], dimension=2).dimension == 2
    only = glove_zip(tmp_path, "vectors.txt")
    assert read_word_vectors(only, ["w1"]).dimension == 2
    assert read_word_vectors(only, ["w1"], dimension=2).dimension == 2


@pytest.mark.parametrize("dimension", [None, 9])
def test_zip_without_the_member_raises_with_its_members(
    tmp_path: Path, dimension: int | None
) -> None:
    path = glove_zip(tmp_path, "glove.2d.txt", "glove.3d.txt")
    with pytest.raises(ValueError, match=r"contains: glove\.2d\.txt, glove\.3d\.txt.*`dimension=`"):
        read_word_vectors(path, ["w1"], dimension=dimension)


def test_reading_stops_when_all_words_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_blocks(monkeypatch, 256)
    path = write(tmp_path, numbered_lines(3000) + "ragged 1\n")
    assert list(read_word_vectors(path, ["w1", "w2"])) == ["w1", "w2"]
    with pytest.raises(ValueError, match="line 3001"):
        read_word_vectors(path, ["w1", "absent"])


def test_memory_does_not_depend_on_the_file_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, numbered_lines(20_000, dimension=100))
    use_small_blocks(monkeypatch, 1 << 16)
    read_word_vectors(path, ["w1", "absent"])
    tracemalloc.start()
    try:
        read_word_vectors(path, ["w1", "w19999", "absent"])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 10_000_000
    assert peak < 2_500_000, f"{peak:,} bytes for blocks of 65,536"
