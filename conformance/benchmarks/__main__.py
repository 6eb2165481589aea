"""Command line of the benchmarks: measure every claim and write docs/performance.md.

    python -m conformance.benchmarks [--backends "jax torch"] [--page] [-- PYTEST ARGUMENTS]

Each backend runs in a separate process, because Keras selects its backend when it is imported.
Benchmarks that do not depend on the backend run with the first one.
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
from conformance.benchmarks.pages.claims import MARGIN, lost
from conformance.benchmarks.pages.marked import fill_pages
from conformance.benchmarks.pages.page import write_page
from conformance.benchmarks.pages.rows import HEADINGS, rows_of

from .measure import machine
from .pages import store

HERE = "conformance/benchmarks"
# A verbose line of pytest: test id, outcome and progress in percent.
LINE = re.compile(r"(\S+::\S+)\s+(PASSED|FAILED|ERROR|SKIPPED)\s.*\[\s*(\d+)%\]")


def measure(
    backend: str, marks: list[str], extra: list[str], progress: Progress
) -> list[store.Stored]:
    """Run the benchmarks with one backend and return their records, including failed ones."""
    task = progress.add_task(f"{backend}: starting", total=100)
    with tempfile.TemporaryDirectory() as folder:
        path, log = Path(folder, "benchmarks.json"), Path(folder, "log.txt")
        command = [sys.executable, "-m", "pytest", "-v", "--tb=short", "-p", "no:cacheprovider"]
        command += ["--no-header", "-o", "timeout=1800", "--benchmark-json", str(path)]
        command += [*marks, *(extra or [HERE])]
        failed: dict[str, str] = {}
        with log.open("w") as log_stream:
            process = subprocess.Popen(
                command,
                env={**os.environ, "KERAS_BACKEND": backend},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert process.stdout is not None
            for line in process.stdout:
                log_stream.write(line)
                if match := LINE.search(line):
                    test, outcome, percent = match.groups()
                    name = test.split("::")[-1].removeprefix("test_")
                    progress.update(task, completed=int(percent), description=f"{backend}: {name}")
                    if outcome != "PASSED":
                        failed[test] = store.SKIPPED if outcome == "SKIPPED" else store.BROKEN
        code = process.wait()
        progress.update(task, completed=100, description=f"{backend}: measured")
        records = store.records_of(path)
        # A lost claim fails its test too, but has a record.
        without_record = {test: note for test, note in failed.items() if test not in records}
        if store.BROKEN in without_record.values() or (code not in (0, 1, 5)):
            progress.console.print(log.read_text()[-6000:], markup=False, highlight=False)
        missing = [store.unmeasured(test, backend, note) for test, note in without_record.items()]
        return [*records.values(), *missing]


def show(claims: list[store.Stored], console: Console) -> None:
    """Print a table of the claims with results, targets and verdicts."""
    table = Table(box=None, header_style="bold")
    for name in HEADINGS:
        table.add_column(name)
    colors = {"met": "green", "close": "yellow", "lost": "red", "shown": "dim"}
    for record in claims:
        for row in rows_of(record):
            color = colors.get(row.verdict.split(",")[0], "magenta")
            table.add_row(*row[:-1], f"[{color}]{row.verdict}[/]")
    console.print(table)


def main() -> int:
    """Measure the claims, store and print the results; return 1 if a claim is lost."""
    parser = argparse.ArgumentParser(prog="python -m conformance.benchmarks", description=__doc__)
    parser.add_argument("--backends", default=os.environ.get("BACKENDS"), help="e.g. 'jax torch'")
    parser.add_argument("--page", action="store_true", help="regenerate the page, measure nothing")
    parser.add_argument(
        "pytest",
        nargs="*",
        help="arguments for pytest after --, such as one file; other stored results are preserved",
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
        # Read only now, because another run may have stored other claims in the meantime.
        store.write(store.merged(store.read() if options.pytest else None, new))
    stored = store.read()
    if stored is None:
        raise SystemExit(f"{store.RESULTS} does not exist. Run without --page to measure first.")
    show(stored["claims"], console)
    write_page(stored)
    fill_pages(stored)
    missed = [line for record in stored["claims"] for line in lost(record)]
    console.print(f"{len(missed)} targets missed by more than {MARGIN:.0%}: docs/performance.md")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
