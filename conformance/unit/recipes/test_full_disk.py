"""Runs on a full disk: a clear error, and existing files are unchanged."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from recipes._report.output_files import NotWritten, write_bytes
from recipes._report.result import write_json

# The conversion of weights to NumPy on each backend is part of the tests of resumption.
pytestmark = pytest.mark.backend_free
ROOT = Path(__file__).parents[3]
SIZE = 64 * 1024


@pytest.fixture
def disk(tmp_path):
    """Mount a file system of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no `mount`")
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder, leave):
    free = shutil.disk_usage(folder).free
    (folder / "ballast").write_bytes(bytes(free - leave))


def test_full_disk_leaves_an_existing_file_unchanged(disk):
    path = disk / "result.json"
    write_json(path, {"a": 1})
    fill(disk, 8_192)
    words = re.escape(
        f"the result could not be written to {path}: No space left on device. 20,013 bytes are "
        "needed, 8,192 bytes are free on that disk. An existing file is unchanged."
    )
    with pytest.raises(NotWritten, match=words):
        write_json(path, {"a": "b" * 20_000})
    assert json.loads(path.read_text()) == {"a": 1}
    assert sorted(each.name for each in disk.iterdir()) == ["ballast", "result.json"]


def test_full_disk_leaves_an_existing_plot_unchanged(disk):
    from recipes._report.plots import new_figure, save

    path = disk / "picture.png"
    path.write_bytes(b"the existing file")
    fill(disk, 4_096)
    figure, axis = new_figure(1, 4)
    axis.plot(range(9))
    with pytest.raises(NotWritten, match="the plot could not be written to .*picture.png"):
        save(figure, path)
    assert path.read_bytes() == b"the existing file"


def test_error_if_the_folder_is_a_file(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(NotWritten, match="the result could not be written to .*out/a.json: "):
        write_bytes(tmp_path / "out" / "a.json", "the result", b"{}")


# A limit on the file size acts like a full disk for larger files.
LIMITED = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from recipes.__main__ import main
out, runs = sys.argv[1:3]
run = ["run", "reviews-bag-words", "--epochs", "4", "--out", out, "--runs", runs]
assert main([*run[:3], "1", *run[4:]]) == 0
from recipes._engine import checkpoint, run_text
largest = max(path.stat().st_size for path in Path(runs).glob("*/epoch-*.npz"))
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
limit(largest - 1)
first = main([*run, "--resume"])
limit(resource.RLIM_INFINITY)
print("then", first, len(checkpoint._read_journal(next(Path(runs).glob("*/epochs.json")))))
save_model = run_text.save_model
def limited(model, folder):
    limit(20_000)
    save_model(model, folder)
run_text.save_model = limited
second = main([*run, "--resume"])
limit(resource.RLIM_INFINITY)
print("then", second, len(checkpoint._read_journal(next(Path(runs).glob("*/epochs.json")))))
"""


def test_run_on_a_full_disk_stops_and_can_be_resumed(tmp_path):
    out, runs = tmp_path / "out", tmp_path / "runs"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(out), str(runs)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "400"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    output = done.stdout
    assert re.search(
        r"the checkpoint of epoch 2 could not be written to .*epoch-2.npz: File too large. [\d,]+ "
        r"bytes are needed, [\d,]+ bytes are free",
        output,
    ), output
    assert re.search(r"the trained model could not be written to .*model.keras: File too", output)
    # One epoch is stored after the first failure, four after the second. The result is unchanged.
    assert re.findall(r"then (\d) (\d)", output) == [("1", "1"), ("1", "4")]
    (result,) = out.glob("*.json")
    assert len(json.loads(result.read_text())["history"]["loss"]) == 1
    (run,) = runs.iterdir()
    assert (run / "model.keras").exists() and not list(run.glob(".*"))
