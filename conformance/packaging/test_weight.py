"""Size limits of the files tracked by git."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEGABYTE = 1_000_000

pytestmark = [
    pytest.mark.backend_free,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
    # A file in a worktree, a folder otherwise.
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout: no .git"),
]


def tracked_sizes() -> dict[str, int]:
    """Return the size of each tracked file that exists in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return {name: (ROOT / name).stat().st_size for name in names if (ROOT / name).is_file()}


def too_large(sizes: dict[str, int], limit: int) -> list[str]:
    """Return the names of the files above the limit, with their sizes."""
    return [f"{name}: {size:,} bytes" for name, size in sizes.items() if size > limit]


def test_no_tracked_file_is_above_1_5_megabytes():
    assert too_large(tracked_sizes(), 1_500_000) == []


def test_tracked_files_take_less_than_8_megabytes():
    sizes = tracked_sizes()
    largest = sorted(sizes, key=sizes.__getitem__, reverse=True)[:10]
    assert sizes, "git lists no tracked file"
    assert sum(sizes.values()) < 8 * MEGABYTE, {name: sizes[name] for name in largest}


def test_a_file_above_the_limit_is_named():
    assert too_large({"a": 10, "b": 11}, 10) == ["b: 11 bytes"]
