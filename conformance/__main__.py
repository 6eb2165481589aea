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
from dataclasses import dataclass
from tempfile import TemporaryDirectory

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


@dataclass(frozen=True)
class Run:
    """One process of pytest.

    Args:
        name: As in the summary.
        backend: The Keras backend of the process.
        marks: The tests to run, as an expression of marks.
    """

    name: str
    backend: str
    marks: str = ""


def runs_for(backends: list[str]) -> list[Run]:
    """Return a process per backend, and one for the tests that run once, longest first.

    The tests that run once have a process of their own, so that all processes take about as long.
    """
    long = bool(os.environ.get("KERAS_SEQEXT_LONG"))
    once = "backend_free" if long else "backend_free or first_backend"
    return [
        *(Run(f"pytest on {backend}", backend, f"not ({once})") for backend in backends),
        Run("pytest, run once", backends[0], once),
    ]


def run_pytest(run: Run, extra: list[str], cache: str) -> tuple[str, bool, str]:
    """Run pytest in a process; return name, success, and the lines for the summary."""
    command = [sys.executable, "-m", "pytest", "-q", "-rsfE", "--benchmark-skip", "-m", run.marks]
    # Tests compile the same small functions in many processes, and in new objects within one.
    jax_cache = {
        "JAX_COMPILATION_CACHE_DIR": cache,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    environment = {**os.environ, **jax_cache, "KERAS_BACKEND": run.backend}
    process = subprocess.Popen(
        [*command, *extra], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    last, failed = "", []
    short = run.name.removeprefix("pytest on ").removeprefix("pytest, ")
    for line in process.stdout:
        closing = re.match(r"(no tests ran|\d+ \w+).* in [\d.]+s", line)
        print(line if closing else f"[{short}] {line}", end="", flush=True)
        if closing:
            last = line.strip()
        if line.startswith(("FAILED ", "ERROR ")):
            failed.append(f"       {line.rstrip()}")
    # 5: no test is left after the marks, as for one folder whose tests all run once.
    return run.name, process.wait() in (0, 5), "\n".join([last, *failed])


def main() -> int:
    """Run everything and print a summary; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    parser.add_argument("--backends", default=os.environ.get("BACKENDS"), help="e.g. 'jax torch'")
    parser.add_argument("--jobs", type=int, default=2, help="processes at the same time")
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, after --")
    options = parser.parse_args()
    backends = chosen_backends(options.backends)
    start = time.monotonic()
    results = lint()
    with TemporaryDirectory(prefix="jax-cache-") as cache, ThreadPoolExecutor(options.jobs) as pool:
        started = [
            pool.submit(run_pytest, run, options.pytest, cache) for run in runs_for(backends)
        ]
        results += [run.result() for run in started]
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
