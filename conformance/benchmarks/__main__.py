"""`python -m conformance.benchmarks`: measures every claim and writes docs/performance.md.

One process a backend, because Keras picks its backend once a process. What does not depend on
it is measured with the first one.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from conformance.__main__ import chosen_backends
from conformance.benchmarks.pages.claims import lost
from conformance.benchmarks.pages.marked import fill_pages
from conformance.benchmarks.pages.page import write_page
from conformance.benchmarks.pages.rows import rows_of

from .measure import machine
from .pages import store

HERE = "conformance/benchmarks"
# The end of a verbose line of pytest: its test, how it went, how far it is.
LINE = re.compile(r"(\S+::\S+)\s+(PASSED|FAILED|ERROR|SKIPPED)\s.*\[\s*(\d+)%\]")


def measure(
    backend: str, marks: list[str], extra: list[str], progress: Progress
) -> list[store.Stored]:
    """The records of one backend; what broke is among them."""
    task = progress.add_task(f"{backend}: starts", total=100)
    with tempfile.TemporaryDirectory() as folder:
        path, log = Path(folder, "benchmarks.json"), Path(folder, "log.txt")
        command = [sys.executable, "-m", "pytest", "-v", "--tb=short", "-p", "no:cacheprovider"]
        command += ["--no-header", "-o", "timeout=1800", "--benchmark-json", str(path)]
        command += [*marks, *(extra or [HERE])]
        broken: dict[str, str] = {}
        with log.open("w") as kept:
            process = subprocess.Popen(
                command,
                env={**os.environ, "KERAS_BACKEND": backend},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert process.stdout is not None
            for line in process.stdout:
                kept.write(line)
                if found := LINE.search(line):
                    test, word, percent = found.groups()
                    name = test.split("::")[-1].removeprefix("test_")
                    progress.update(task, completed=int(percent), description=f"{backend}: {name}")
                    if word != "PASSED":
                        broken[test] = store.SKIPPED if word == "SKIPPED" else store.BROKEN
        code = process.wait()
        progress.update(task, completed=100, description=f"{backend}: measured")
        records = store.records_of(path)
        without = {test: note for test, note in broken.items() if test not in records}
        if store.BROKEN in without.values() or (code not in (0, 1, 5)):
            progress.console.print(log.read_text()[-6000:], markup=False, highlight=False)
        missing = [store.unmeasured(test, backend, note) for test, note in without.items()]
        return [*records.values(), *missing]


def show(claims: list[store.Stored], console: Console) -> None:
    """Each claim with its ratio, its target and a verdict."""
    table = Table(box=None, header_style="bold")
    for name in ("claim", "backend", "against", "found", "target", "at best", "verdict"):
        table.add_column(name)
    colors = {"met": "green", "close": "yellow", "lost": "red", "shown": "dim"}
    for record in claims:
        for row in rows_of(record):
            color = colors.get(row.verdict.split(",")[0], "magenta")
            table.add_row(*row[:-1], f"[{color}]{row.verdict}[/]")
    console.print(table)


def main() -> int:
    """Measures, stores, shows; 1 where a claim is lost by a clear margin."""
    parser = argparse.ArgumentParser(prog="python -m conformance.benchmarks", description=__doc__)
    parser.add_argument("--backends", default=os.environ.get("BACKENDS"), help="e.g. 'jax torch'")
    parser.add_argument("--page", action="store_true", help="only make the page anew")
    parser.add_argument(
        "pytest", nargs="*", help="after --: arguments for pytest, such as one file; others stay"
    )
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 200)
    if not options.page:
        backends = chosen_backends(options.backends)
        claims: list[store.Stored] = []
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as progress:
            for position, backend in enumerate(backends):
                marks = [] if position == 0 else ["-m", "not backend_free"]
                claims += measure(backend, marks, options.pytest, progress)
        claims.sort(key=lambda record: (record["claim"], record["backend"] or ""))
        new = {**machine.describe(), "claims": claims}
        # Read only now: somebody may have measured other claims meanwhile.
        store.write(store.merged(store.read() if options.pytest else None, new))
    stored = store.read()
    if stored is None:
        raise SystemExit(f"nothing is stored in {store.RESULTS}: run without --page first")
    show(stored["claims"], console)
    write_page(stored)
    fill_pages(stored)
    missed = [line for record in stored["claims"] for line in lost(record)]
    console.print(f"{len(missed)} targets lost by a clear margin. See docs/performance.md")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
