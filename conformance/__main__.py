"""`python -m conformance`: style, types and every test, for each backend that is asked for.

Keras chooses its backend once per process, so each backend has a process. Tests that need no
backend run with the first one only, and so do tests of Keras' own layers unless
KERAS_SEQEXT_LONG is set.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from conformance.lint import lint

BACKENDS = ("tensorflow", "jax", "torch")


def installed(backend: str) -> bool:
    """Return whether `backend` is installed."""
    return importlib.util.find_spec(backend) is not None


def chosen_backends(asked: str | None) -> list[str]:
    """Return the backends named in `asked`, or all that are installed."""
    if not asked:
        return [backend for backend in BACKENDS if installed(backend)]
    names = asked.replace(",", " ").split()
    for name in names:
        if name not in BACKENDS:
            raise SystemExit(f"unknown backend {name!r}; choose from {', '.join(BACKENDS)}")
        if not installed(name):
            raise SystemExit(f"backend {name!r} is not installed; pip install '.[{name}]'")
    return names


def run_pytest(backend: str, first: bool, extra: list[str]) -> tuple[str, bool, str]:
    """Run the tests under one backend; return name, success, and the lines for the summary."""
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
    """Run everything and print a summary; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    parser.add_argument("--backends", default=os.environ.get("BACKENDS"), help="e.g. 'jax torch'")
    parser.add_argument("--jobs", type=int, default=2, help="backends tested at the same time")
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, after --")
    options = parser.parse_args()
    backends = chosen_backends(options.backends)
    start = time.monotonic()
    results = lint()
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
