"""`python -m conformance.robustness.fuzz TARGET --seconds 600`: fuzzing of a file reader.

Inputs that crash are written to `conformance/robustness/fuzz/cases/TARGET/`, which the tests
replay. The statistics of a run are stored in `docs/robustness/fuzz.json`.
"""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from conformance.robustness.crash_safety.page import FOLDER, write_page

from .seeds import ROOT, seeds
from .targets import TARGETS

CASES = Path(__file__).with_name("cases")
RESULTS = FOLDER / "fuzz.json"
STATUS = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")


def main() -> int:
    """Fuzz a target, store the statistics and write the page; return the status of the fuzzer."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.robustness.fuzz", description=__doc__
    )
    parser.add_argument("target", choices=TARGETS, help="reader to fuzz")
    parser.add_argument("--seconds", type=int, default=600, help="duration of the run")
    parser.add_argument("--log", type=Path, help="file for the output of the fuzzer")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds(options.target)):
            Path(corpus, f"seed-{number}").write_bytes(seed)
        cases = CASES / options.target
        cases.mkdir(parents=True, exist_ok=True)
        command = [
            *(sys.executable, "-m", "conformance.robustness.fuzz.worker", options.target, corpus),
            *(f"-max_total_time={options.seconds}", f"-artifact_prefix={cases}{os.sep}"),
            *("-max_len=4096", "-timeout=30", "-rss_limit_mb=4096", "-print_final_stats=1"),
        ]
        log = options.log or Path(corpus, "log")
        with log.open("w") as file:
            status = subprocess.run(
                command,
                cwd=ROOT,
                stdout=file,
                stderr=file,
                env={**os.environ, "MALLOC_CHECK_": "0"},
            ).returncode
        lines = log.read_text(errors="replace").splitlines()
    print("\n".join(lines[-40:] if status else lines[-8:]))
    if status == 0:
        _store(options.target, lines)
        write_page()
    return status


def _store(target: str, lines: list[str]) -> None:
    # The last line with a status has the final coverage; "Done" has the total of executions.
    *_, last = (found for line in lines if (found := STATUS.search(line)))
    done = next(found for line in lines if (found := re.match(r"Done (\d+) runs in (\d+) s", line)))
    coverage, features, corpus = map(int, last.groups())
    stored = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    stored[target] = {
        "date": datetime.date.today().isoformat(),
        "executions": int(done[1]),
        "seconds": int(done[2]),
        "coverage": coverage,
        "features": features,
        "inputs_kept": corpus,
        "crashes": 0,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("atheris", "keras-seqext", "numpy", "pandas")},
        },
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
