"""Fixture for an empty machine: no data folder, no cache."""

from pathlib import Path

import pytest

from datasets._files import file_search


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Redirect every search location to `tmp_path`, which is empty."""
    monkeypatch.delenv("KERAS_SEQEXT_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(file_search, "FILES", tmp_path / "files")
    return tmp_path
