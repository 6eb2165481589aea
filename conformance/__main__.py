"""`python -m conformance`: every check, for every backend asked for.

One process a backend, because Keras picks its backend once a process. What does
not touch a backend is run with the first one only, and so is, unless KERAS_SEQEXT_LONG
is set, what stands on Keras' own layers alone.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

BACKENDS = ("tensorflow", "jax", "torch")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
STATIC = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "import-linter": ["-c", LINT_IMPORTS],  # it has no `python -m` door
}


def installed(backend: str) -> bool:
    """Whether `backend` can be imported here."""
    return importlib.util.find_spec(backend) is not None


def chosen_backends(asked: str | None) -> list[str]:
    """The backends named in `asked`, or all that are installed."""
    if not asked:
        return [backend for backend in BACKENDS if installed(backend)]
    names = asked.replace(",", " ").split()
    for name in names:
        if name not in BACKENDS:
            raise SystemExit(f"unknown backend {name!r}; choose from {', '.join(BACKENDS)}")
        if not installed(name):
            raise SystemExit(f"backend {name!r} is not installed; pip install '.[{name}]'")
    return names


def static_checks() -> list[tuple[str, bool, str]]:
    """Style, types and who imports whom."""
    results = []
    for name, arguments in STATIC.items():
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
        lines = (done.stdout + done.stderr).strip().splitlines()
        if done.returncode:
            print("\n".join(lines))
        results.append((name, done.returncode == 0, lines[-1] if lines else ""))
    return results


def run_pytest(backend: str, first: bool, extra: list[str]) -> tuple[str, bool, str]:
    """The whole suite under one backend; its last line and what failed are kept for the summary."""
    long = bool(os.environ.get("KERAS_SEQEXT_LONG"))
    once = "not backend_free" if long else "not backend_free and not first_backend"
    marks = [] if first else ["-m", once]
    command = [sys.executable, "-m", "pytest", "-q", "-rsfE", "--benchmark-skip", *marks, *extra]
    process = subprocess.Popen(
        command, env={**os.environ, "KERAS_BACKEND": backend}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    last, failed = "", []
    for line in process.stdout:
        closing = re.match(r"(no tests ran|\d+ \w+).* in [\d.]+s", line)
        print(line if closing else f"[{backend}] {line}", end="", flush=True)
        if closing:
            last = line.strip()
        if line.startswith(("FAILED ", "ERROR ")):
            failed.append(f"       {line.rstrip()}")
    return f"pytest on {backend}", process.wait() == 0, "\n".join([last, *failed])


def main() -> int:
    """Runs all, prints a summary and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    parser.add_argument("--backends", default=os.environ.get("BACKENDS"), help="e.g. 'jax torch'")
    parser.add_argument("--jobs", type=int, default=2, help="backends tested at the same time")
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, after --")
    options = parser.parse_args()
    backends = chosen_backends(options.backends)
    start = time.monotonic()
    results = static_checks()
    with ThreadPoolExecutor(options.jobs) as pool:
        runs = [
            pool.submit(run_pytest, backend, position == 0, options.pytest)
            for position, backend in enumerate(backends)
        ]
        results += [run.result() for run in runs]
    print("\n=== summary ===")
    for name, passed, last in results:
        print(f"{'ok    ' if passed else 'FAILED'} {name:<22} {last}")
    for backend in BACKENDS:
        if backend not in backends:
            print(f"not run: {backend} (not installed or not asked for)")
    print(f"{time.monotonic() - start:.0f} s in all")
    return 0 if all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
