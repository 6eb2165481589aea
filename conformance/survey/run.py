"""Many cases, a few at a time in processes of their own."""

import argparse
import fnmatch
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from keras_seqext.testing import list_checks
from keras_seqext.testing._misuse import Misuse
from keras_seqext.testing._registry import LEVELS
from keras_seqext.testing._report_file import read_reports, write_reports
from keras_seqext.testing._request import Request
from keras_seqext.testing._result import Report
from keras_seqext.testing._subprocess import run_backends

BACKENDS = ("tensorflow", "jax", "torch")
AT_ONCE = 4  # cases in one process: a crash or a full memory costs no more than these
VARIANT = "-"  # in the name of a case: another of the same class comes before it


def survey(
    target: str,
    labels: Sequence[str],
    backends: Sequence[str],
    level: str,
    done: Callable[[str, list[Report]], None],
) -> None:
    """Runs the checks on the named cases of a target; tells `done` what came of each few.

    A case that has no report, because one before it took the process down, is run again alone.
    The checks that need a new process are run on the first case of a class alone.
    """
    chosen = [check for check in list_checks() if LEVELS.index(check.level) <= LEVELS.index(level)]
    quick = [check.name for check in chosen if check.cost != "slow"]
    first = [label for label in labels if VARIANT not in label]
    waiting = [
        list(part[i : i + AT_ONCE])
        for part in (first, [label for label in labels if label not in first])
        for i in range(0, len(part), AT_ONCE)
    ]
    while waiting:
        few = waiting.pop(0)
        checks = [] if few[0] in first else quick
        request = Request(target, cases=few, checks=checks, level=level)
        try:
            reports = run_backends(request, backends, lambda backend, event: None)
        except Misuse as error:
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
) -> list[Report]:
    """The reports of all cases, written after every few; `only` runs some anew and keeps the rest.

    Args:
        target: `package.module:NAME` of a list of cases.
        labels: Their names, in order.
        out: A `.json` file.
        backends: Which to run; several are compared with each other.
        level: Of the checks.
        only: A pattern of names.
    """
    chosen = [label for label in labels if fnmatch.fnmatchcase(label, only)]
    reports = read_reports(out) if out.exists() and chosen != list(labels) else []
    console, begin = Console(), time.monotonic()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )
    with bar:
        task = bar.add_task("layers", total=len(chosen))

        def done(few: str, found: list[Report]) -> None:
            nonlocal reports
            new = {(r.case, str(r.header.get("backend"))) for r in found}
            kept = [r for r in reports if (r.case, str(r.header.get("backend"))) not in new]
            reports = sorted(kept + found, key=lambda report: _place(labels, report))
            write_reports(reports, out)
            failed = sum(len(report.failed) for report in found)
            bar.console.print(f"{few}: {failed} failed", markup=False, highlight=False)
            bar.update(task, advance=len({report.case for report in found}))

        survey(target, chosen, backends, level, done)
    console.print(f"{len(chosen)} cases in {time.monotonic() - begin:.0f} s: {out}")
    return reports


def _place(labels: Sequence[str], report: Report) -> int:
    return list(labels).index(report.case) if report.case in labels else len(labels)


def options(description: str) -> argparse.ArgumentParser:
    """The arguments that every survey has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--only", default="*", metavar="PATTERN", help="names of cases")
    parser.add_argument("--backends", default=",".join(BACKENDS))
    parser.add_argument("--level", default="strict", choices=("core", "recommended", "strict"))
    return parser
