"""Replay of the inputs that crashed a reader, and of the seeds of each target."""

from pathlib import Path

import pytest

from .seeds import seeds
from .targets import TARGETS

pytestmark = [
    pytest.mark.backend_free,
    pytest.mark.filterwarnings(
        "ignore:Duplicate name"
    ),  # raised by zipfile while a test file is built
]

CASES = sorted(Path(__file__).with_name("cases").glob("*/*"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name[:14]}")
def test_input_that_crashed(case: Path, tmp_path: Path) -> None:
    TARGETS[case.parent.name](case.read_bytes(), tmp_path)


@pytest.mark.parametrize("target", TARGETS)
def test_seeds(target: str, tmp_path: Path) -> None:
    for number, seed in enumerate(seeds(target)):
        folder = tmp_path / str(number)
        folder.mkdir()
        TARGETS[target](seed, folder)


def test_undocumented_error_is_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise KeyError("undocumented")

    monkeypatch.setattr(
        "keras_seqext.text.word_vectors.reader.word_vectors.search_word_vectors", broken
    )
    with pytest.raises(KeyError):
        TARGETS["glove"](seeds("glove")[0], tmp_path)
