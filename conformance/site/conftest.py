"""The site that the tests are about, built once."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHAT_IS_MISSING = "the site: pip install 'keras-seqext[docs]'"
# Without mkdocs its hooks cannot be imported, not even to look for doctests.
HOOKS = ["api_pages.py", "docstring_sections.py", "folder_pages.py", "notebook_pages.py"]
collect_ignore = [] if importlib.util.find_spec("mkdocs") else HOOKS


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site: that of `KERAS_SEQEXT_SITE`, or one made for the tests."""
    if given := os.environ.get("KERAS_SEQEXT_SITE"):
        return ROOT / given
    pytest.importorskip("mkdocs", reason=WHAT_IS_MISSING)
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder
