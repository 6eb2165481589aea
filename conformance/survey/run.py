"""Execution of the layer checks on many cases, in batches with processes of their own."""

import argparse
import fnmatch
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from keras_seqext.testing import list_checks
from keras_seqext.testing.cli.backend_processes import run_backends
from keras_seqext.testing.cli.request import Request
from keras_seqext.testing.core.registry import LEVELS
from keras_seqext.testing.core.usage_error import UsageError
from keras_seqext.testing.report.report import Report

from .stored_results import read_results, write_results

BACKENDS = ("tensorflow", "jax", "torch")
COSTS = ("fast", "medium", "slow")
BATCH = 8  # cases per process: a crash or exhausted memory loses at most these
# Absolute folders, and the environments below the current folder.
PATH = re.compile(r"(?<![\w.:/])(?:/|\.(?:venv|survey)/)(?:[\w.+-]+/)+(?=[\w.+-])")
VARIANT = "-"  # in the name of a case: a further case of the same class


def survey(
    target: str,
    labels: Sequence[str],
    backends: Sequence[str],
    checks: Sequence[str],
    done: Callable[[str, list[Report]], None],
) -> None:
    """Run checks on the named cases of a target, and pass the reports of each batch to `done`.

    A case without a report, because another case of its batch ended the process, is run again
    alone.
    """
    # The first case of every class comes before the variants, so that an interrupted survey
    # has covered as many classes as possible.
    first = [label for label in labels if VARIANT not in label]
    waiting = [
        list(part[i : i + BATCH])
        for part in (first, [label for label in labels if label not in first])
        for i in range(0, len(part), BATCH)
    ]
    while waiting:
        batch = waiting.pop(0)
        request = Request(target, cases=batch, checks=list(checks), level="strict")
        try:
            reports = run_backends(request, backends, lambda backend, event: None)
        except UsageError as error:
            print(f"{', '.join(batch)}: {error}", file=sys.stderr)
            continue
        lost = [label for label in batch if _backends(reports, label) < set(backends)]
        if lost and len(batch) > 1:
            waiting[:0] = [[label] for label in lost]
        complete = [report for report in reports if report.case not in lost or len(batch) == 1]
        done(", ".join(batch), complete)


def _backends(reports: Sequence[Report], label: str) -> set[str]:
    return {str(r.header.get("backend")) for r in reports if r.case == label}


def run_to_file(
    target: str,
    labels: Sequence[str],
    out: Path,
    backends: Sequence[str] = BACKENDS,
    level: str = "strict",
    only: str = "*",
    costs: Sequence[str] = COSTS,
    names: Sequence[str] = (),
) -> list[Report]:
    """Run the checks on all cases, and write the reports after each batch.

    Results that are in the file already and are not run again are preserved.

    Args:
        target: `package.module:NAME` of a list of cases.
        labels: Names of the cases, in order.
        out: Path of the results.
        backends: Backends to run; several are compared with each other.
        level: Highest level of the checks to run.
        only: Pattern of names of cases.
        costs: Costs of the checks to run: `"fast"`, `"medium"` or `"slow"`.
        names: Names of the checks to run; all by default.

    Returns:
        All reports in the file.
    """
    chosen = [label for label in labels if fnmatch.fnmatchcase(label, only)]
    checks = [
        check.name
        for check in list_checks()
        if check.cost in costs
        and (not names or check.name in names)
        and LEVELS.index(check.level) <= LEVELS.index(level)
    ]
    reports = read_results(out) if out.exists() else []
    console, begin = Console(), time.monotonic()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )
    with bar:
        task = bar.add_task("layers", total=len(chosen))

        def done(batch: str, found: list[Report]) -> None:
            nonlocal reports
            new = [portable(report) for report in found]
            reports = sorted(merged(reports, new), key=lambda report: _position(labels, report))
            write_results(reports, out)
            failed = sum(len(report.failed) for report in found)
            bar.console.print(f"{batch}: {failed} failed", markup=False, highlight=False)
            bar.update(task, advance=len({report.case for report in found}))

        survey(target, chosen, backends, checks, done)
    console.print(f"{len(chosen)} cases in {time.monotonic() - begin:.0f} s: {out}")
    return reports


def merged(old: Sequence[Report], new: Sequence[Report]) -> list[Report]:
    """Return all reports; a new result replaces an old one of the same case, backend and check."""
    found = {(report.case, str(report.header.get("backend"))): report for report in old}
    for report in new:
        key = (report.case, str(report.header.get("backend")))
        repeated = {result.name for result in report.results}
        old_results = found[key].results if key in found else []
        preserved = [result for result in old_results if result.name not in repeated]
        found[key] = replace(report, results=[*report.results, *preserved])
    return list(found.values())


def portable(report: Report) -> Report:
    """Return the report with each path in a message, as of a traceback, cut to its file name."""
    results = [replace(each, message=PATH.sub("", each.message)) for each in report.results]
    return replace(report, results=results)


def _position(labels: Sequence[str], report: Report) -> int:
    return list(labels).index(report.case) if report.case in labels else len(labels)


def options(description: str) -> argparse.ArgumentParser:
    """Return a parser with the arguments that every survey has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--only", default="*", metavar="PATTERN", help="names of the cases to run")
    parser.add_argument("--backends", default=",".join(BACKENDS), help="backends to run")
    parser.add_argument("--level", default="strict", choices=LEVELS, help="highest level")
    parser.add_argument("--costs", default=",".join(COSTS), help="costs of the checks")
    parser.add_argument("--checks", default="", help="names of the checks to run; all by default")
    return parser
