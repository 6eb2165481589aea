"""Fixture with the built site."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MISSING_EXTRA = "MkDocs is not installed: pip install 'keras-seqext[docs]'"
# Without MkDocs the hooks cannot be imported, which collecting their doctests would do.
HOOKS = [
    "api_pages.py",
    "docstring_sections.py",
    "folder_pages.py",
    "notebook_pages.py",
    "survey_page.py",
]
collect_ignore = [] if importlib.util.find_spec("mkdocs") else HOOKS


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site: `KERAS_SEQEXT_SITE` if set, or a new build."""
    if given := os.environ.get("KERAS_SEQEXT_SITE"):
        return ROOT / given
    pytest.importorskip("mkdocs", reason=MISSING_EXTRA)
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder
