"""The notebooks run from top to bottom, and their stored outputs come from one complete run."""

import os
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT

nbformat = pytest.importorskip("nbformat", reason="notebooks: pip install 'keras-seqext[docs]'")
nbclient = pytest.importorskip("nbclient", reason="notebooks: pip install 'keras-seqext[docs]'")

pytest.importorskip("ipykernel", reason="notebooks: pip install 'keras-seqext[docs]'")

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code(notebook: Any) -> list[Any]:
    """Return the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def count_plots(notebook: Any) -> int:
    """Return the number of plots in the outputs."""
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    return sum("image/png" in output.get("data", {}) for output in outputs)


@each_notebook
def test_runs_in_quick_mode(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KERAS_SEQEXT_QUICK", "1")
    monkeypatch.setenv("KERAS_BACKEND", os.environ.get("KERAS_BACKEND", "jax"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    stored = nbformat.read(path, as_version=4)
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=240, resources={"metadata": {"path": str(ROOT)}}
    )
    manager = client.create_kernel_manager()
    manager.transport = "ipc"  # no open port
    client.execute()
    assert count_plots(notebook) == count_plots(stored)


@each_notebook
def test_stored_outputs_come_from_one_complete_run(path: Path):
    notebook = nbformat.read(path, as_version=4)
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"stream", "display_data"}
    # Output on stderr contains paths of the machine that ran the notebook.
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert count_plots(notebook) >= 1
    assert path.stat().st_size < 400_000


def test_there_are_two_notebooks():
    assert [path.stem for path in NOTEBOOKS] == ["reviews", "weather"]
