"""`python -m conformance.robustness.crash_safety`: each kind of write, killed 50 times.

The measurements are stored in `docs/robustness/kills.json`, and `docs/robustness.md` is written.
"""

import argparse
import datetime
import json
import platform
import subprocess
import sys
from importlib.metadata import version

from conformance.robustness.fuzz.seeds import ROOT

from .page import FOLDER, PAGE, write_page
from .writers import WRITERS

CONCURRENT = ("glove-cache", "download", "vocabulary")


def main() -> int:
    """Kill all kinds of writers, store the results, and return 1 if a file was corrupt."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.robustness.crash_safety", description=__doc__
    )
    parser.add_argument("--kills", type=int, default=50, help="number of kills per kind")
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments")
    parser.add_argument(
        "--kinds",
        nargs="+",
        choices=WRITERS,
        default=list(WRITERS),
        help="kinds of writes; all by default",
    )
    options = parser.parse_args()
    arguments = [f"--kills={options.kills}", f"--seed={options.seed}", "--together", *CONCURRENT]
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
    # Records of kills have the key `kills`, records of concurrent writes the key `processes`.
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    path = FOLDER / "kills.json"
    previous = json.loads(path.read_text())["kinds"] if path.exists() else {}
    content = {
        "date": datetime.date.today().isoformat(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("keras-seqext", "keras", "jax", "numpy")},
        },
        "kinds": previous | {line.pop("kind"): line for line in lines if "kills" in line},
        "together": {line.pop("kind"): line for line in lines if "processes" in line},
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")
    write_page()
    print(f"{path} and {PAGE} written")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
