"""The matrix of all survey results as `survey.html`, generated while the site is built.

The matrix takes about 4 MB, so it is not stored in the repository.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
NAME = "survey.html"


def on_files(files: Files, config: Any) -> Files:
    """Add the matrix to the files of the site."""
    # A copy in docs/, written by hand with `--html`, may be older than the stored results.
    if stale := files.get_file_from_path(NAME):
        files.remove(stale)
    files.append(File.generated(config, NAME, content=matrix()))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Link the page of the survey to the matrix, which exists only on the site."""
    if page.file.src_uri != "survey.md":
        return markdown
    if markdown.count(f"`{NAME}`") != 1:
        raise ValueError(f"survey.md must mention `{NAME}` once, for the link to the matrix.")
    return markdown.replace(f"`{NAME}`", f"[{NAME}]({NAME})")


@cache
def matrix() -> str:
    """Return the matrix as HTML; computed once per process, so `mkdocs serve` remains fast."""
    env = dict(os.environ)
    # Reading the results imports Keras, whose default backend may not be installed.
    if "KERAS_BACKEND" not in env and importlib.util.find_spec("jax"):
        env["KERAS_BACKEND"] = "jax"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, NAME)
        command = [sys.executable, "-m", "conformance.survey.report", "--html", str(path)]
        # A process of its own: importing Keras here would fix the backend of the build.
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        return path.read_text(encoding="utf-8")
