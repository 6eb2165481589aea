"""Killed writers leave no partial file: the short form of `make crash-safety`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.backend_free,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="requires os.fork"),
]

ROOT = Path(__file__).parents[3]
LONG = bool(os.environ.get("KERAS_SEQEXT_LONG"))
KINDS = ["download", "unpacking", "glove-cache", "vocabulary", "result"]
KILLS = 50 if LONG else 2


def kill(*arguments: str) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "conformance.robustness.crash_safety.kills", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.timeout(3000)
def test_killed_and_concurrent_writers_leave_complete_files() -> None:
    kinds = KINDS + ["checkpoint"] * LONG
    together = ["--together", "glove-cache", "download", "vocabulary"]
    records = kill(*kinds, "--kills", str(KILLS), *together)
    assert [record["kind"] for record in records] == kinds + together[1:]
    for record in records[: len(kinds)]:
        assert sum(record["found"].values()) == KILLS  # type: ignore[attr-defined]
    for record in records[len(kinds) :]:
        assert (record["succeeded"], record["found"]) == (4, "whole")


def test_writer_that_is_not_atomic_is_detected(tmp_path: Path) -> None:
    script = """
import sys
from conformance.robustness.crash_safety import kills, writers
class NotAtomic(writers.Vocabularies):
    def write(self, turn):
        text = '{"format": "keras_seqext.vocabulary"' + "x" * 20_000_000
        (self.folder / "words.json").write_text(text)
writers.WRITERS["not_atomic"] = NotAtomic
sys.argv[1:] = ["not_atomic", "--kills", "4"]
sys.exit(kills.main())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and '"corrupt"' in done.stdout, done.stderr
