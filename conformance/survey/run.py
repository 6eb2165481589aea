"""Many cases, a few at a time in processes of their own."""

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
from keras_seqext.testing.report.report_file import read_reports, write_reports

BACKENDS = ("tensorflow", "jax", "torch")
COSTS = ("fast", "medium", "slow")
AT_ONCE = 8  # cases in one process: a crash or a full memory costs no more than these
# Folders of this machine, and of the environments below the current one.
PATH = re.compile(r"(?<![\w.:/])(?:/|\.(?:venv|survey)/)(?:[\w.+-]+/)+(?=[\w.+-])")
VARIANT = "-"  # in the name of a case: another of the same class comes before it


def survey(
    target: str,
    labels: Sequence[str],
    backends: Sequence[str],
    checks: Sequence[str],
    done: Callable[[str, list[Report]], None],
) -> None:
    """Runs checks on the named cases of a target; tells `done` what came of each few.

    A case that has no report, because one before it took the process down, is run again alone.
    """
    first = [label for label in labels if VARIANT not in label]
    waiting = [
        list(part[i : i + AT_ONCE])
        for part in (first, [label for label in labels if label not in first])
        for i in range(0, len(part), AT_ONCE)
    ]
    while waiting:
        few = waiting.pop(0)
        request = Request(target, cases=few, checks=list(checks), level="strict")
        try:
            reports = run_backends(request, backends, lambda backend, event: None)
        except UsageError as error:
            print(f"{', '.join(few)}: {error}", file=sys.stderr)
            continue
        lost = [label for label in few if _backends(reports, label) < set(backends)]
        if lost and len(few) > 1:
            waiting[:0] = [[label] for label in lost]
        kept = [report for report in reports if report.case not in lost or len(few) == 1]
        done(", ".join(few), kept)


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
    """The reports of all cases, written after every few; what is in the file and not run is kept.

    Args:
        target: `package.module:NAME` of a list of cases.
        labels: Their names, in order.
        out: A `.json` file.
        backends: Which to run; several are compared with each other.
        level: Of the checks.
        only: A pattern of names.
        costs: Of the checks, `"fast"`, `"medium"` or `"slow"`.
        names: Of the checks; all by default.
    """
    chosen = [label for label in labels if fnmatch.fnmatchcase(label, only)]
    checks = [
        check.name
        for check in list_checks()
        if check.cost in costs
        and (not names or check.name in names)
        and LEVELS.index(check.level) <= LEVELS.index(level)
    ]
    reports = read_reports(out) if out.exists() else []
    console, begin = Console(), time.monotonic()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )
    with bar:
        task = bar.add_task("layers", total=len(chosen))

        def done(few: str, found: list[Report]) -> None:
            nonlocal reports
            new = [portable(report) for report in found]
            reports = sorted(merged(reports, new), key=lambda report: _place(labels, report))
            write_reports(reports, out)
            failed = sum(len(report.failed) for report in found)
            bar.console.print(f"{few}: {failed} failed", markup=False, highlight=False)
            bar.update(task, advance=len({report.case for report in found}))

        survey(target, chosen, backends, checks, done)
    console.print(f"{len(chosen)} cases in {time.monotonic() - begin:.0f} s: {out}")
    return reports


def merged(old: Sequence[Report], new: Sequence[Report]) -> list[Report]:
    """All reports; where a check of a case and backend is in both, the new result."""
    found = {(report.case, str(report.header.get("backend"))): report for report in old}
    for report in new:
        key = (report.case, str(report.header.get("backend")))
        again = {result.name for result in report.results}
        kept = [r for r in found[key].results if r.name not in again] if key in found else []
        found[key] = replace(report, results=[*report.results, *kept])
    return list(found.values())


def portable(report: Report) -> Report:
    """A report with the paths that tracebacks quote cut down to their last part."""
    results = [replace(each, message=PATH.sub("", each.message)) for each in report.results]
    return replace(report, results=results)


def _place(labels: Sequence[str], report: Report) -> int:
    return list(labels).index(report.case) if report.case in labels else len(labels)


def options(description: str) -> argparse.ArgumentParser:
    """The arguments that every survey has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--only", default="*", metavar="PATTERN", help="names of cases")
    parser.add_argument("--backends", default=",".join(BACKENDS))
    parser.add_argument("--level", default="strict", choices=LEVELS)
    parser.add_argument("--costs", default=",".join(COSTS), help="of the checks")
    parser.add_argument("--checks", default="", help="names of checks, such as those that are new")
    return parser
