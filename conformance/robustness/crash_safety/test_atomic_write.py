"""`atomic_write` with many threads that write the same file or skip the write."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from keras_seqext._common.atomic_write import SkipWrite, atomic_write, fcntl

pytestmark = [
    pytest.mark.backend_free,
    pytest.mark.skipif(fcntl is None, reason="without locks each writer has a file of its own"),
]
THREADS, TURNS = 8, 150
TEXT = "whole " * 2000


def test_skipped_writes_do_not_disturb_concurrent_writes(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"

    def write(number: int) -> None:
        for turn in range(TURNS):
            with atomic_write(path) as part:
                if (number + turn) % 2:
                    raise SkipWrite
                part.write_text(TEXT)
            assert path.read_text() == TEXT

    path.write_text(TEXT)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))
    assert [file.name for file in tmp_path.iterdir()] == ["note.txt"]


def test_error_if_the_block_removes_its_file(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), atomic_write(path) as part:
        part.unlink()
    assert [file.name for file in tmp_path.iterdir()] == ["note.txt"]
    assert path.read_text() == "old"
