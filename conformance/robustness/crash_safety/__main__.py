"""`python -m conformance.robustness.crash_safety`: every kind of write killed 50 times; writes docs/faults.md."""

import argparse
import datetime
import json
import platform
import subprocess
import sys
from importlib.metadata import version

from conformance.robustness.fuzz.seeds import ROOT

from .page import FOLDER, write_page
from .writers import WRITERS

TOGETHER = ("glove-cache", "download", "vocabulary")


def main() -> int:
    """Runs all, keeps what was found, and returns 1 if anything was corrupt."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.robustness.crash_safety", description=__doc__
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=WRITERS, default=list(WRITERS))
    options = parser.parse_args()
    arguments = [f"--kills={options.kills}", f"--seed={options.seed}", "--together", *TOGETHER]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "conformance.robustness.crash_safety.kills",
            *options.kinds,
            *arguments,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    path = FOLDER / "kills.json"
    before = json.loads(path.read_text())["kinds"] if path.exists() else {}
    content = {
        "date": datetime.date.today().isoformat(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("keras-seqext", "keras", "jax", "numpy")},
        },
        "kinds": before | {line.pop("kind"): line for line in lines if "kills" in line},
        "together": {line.pop("kind"): line for line in lines if "processes" in line},
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")
    write_page()
    print(f"{path} and its page written")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
