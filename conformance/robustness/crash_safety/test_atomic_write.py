"""Many threads write one file, or find that it is there: all of them come to a whole one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from keras_seqext._common import atomic_write as of_datasets
from keras_seqext._common import atomic_write as of_layers

pytestmark = [
    pytest.mark.backend_free,
    pytest.mark.skipif(of_layers.fcntl is None, reason="without locks each writer has its file"),
]
THREADS, TURNS = 8, 150
TEXT = "whole " * 2000


@pytest.mark.parametrize("module", [of_layers, of_datasets], ids=["keras_seqext", "datasets"])
def test_whoever_needs_no_file_leaves_the_others_theirs(module: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"

    def write(number: int) -> None:
        for turn in range(TURNS):
            with module.atomic_write(path) as part:
                if (number + turn) % 2:
                    raise module.SkipWrite
                part.write_text(TEXT)
            assert path.read_text() == TEXT

    path.write_text(TEXT)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))
    assert [found.name for found in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("module", [of_layers, of_datasets], ids=["keras_seqext", "datasets"])
def test_a_block_that_removes_its_file_is_an_error(module: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), module.atomic_write(path) as part:
        part.unlink()
    assert [found.name for found in tmp_path.iterdir()] == ["note.txt"]
    assert path.read_text() == "old"
