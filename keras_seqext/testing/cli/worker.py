"""Process of one backend: runs the checks of a request and writes events."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from keras_seqext._common.validation import checked_integer
from keras_seqext.testing.core.case import LayerCase, Sample
from keras_seqext.testing.core.usage_error import UsageError, unknown_name
from keras_seqext.testing.report.report import Report
from keras_seqext.testing.run.layer_run import LayerRun
from keras_seqext.testing.run.selection import select_checks, sort_by_dependency

from .request import Request
from .target import as_cases, load

Event = dict[str, Any]
Emit = Callable[[Event], None]
MARK = "\x1e"  # begins each event, to distinguish it from output of the layer


def run_request(request: Request, emit: Emit) -> list[Report]:
    """Run the checks of a request and return the reports of all cases, in order.

    Args:
        request: Target, inputs and checks.
        emit: Called with an event before and after each check.

    Raises:
        UsageError: If the request is invalid.
    """
    found = load(request.target)
    try:
        cases = as_cases(found, request.target, request.kwargs, request.traits)
        cases = _named("case", request.cases, [(case.label, case) for case in cases])
        seed = checked_integer("seed", request.seed, 0)
        runs = [LayerRun(case, sample, seed) for case, sample in _pairs(request, cases)]
        checks = sort_by_dependency(select_checks(request.level, request.checks or None))
    except (TypeError, ValueError) as error:
        raise UsageError(str(error)) from error
    total, done = len(runs) * len(checks), 0
    reports: dict[str, Report] = {}
    for run in runs:
        label = run.case.label
        report = reports.setdefault(label, Report(label, [], {}))
        # Inferring traits calls the layer, so a layer that kills the process does so here.
        emit({"event": "check", "case": label, "check": "call_finite", "at": done, "of": total})
        report.header = report.header or run.header
        for check in checks:
            emit({"event": "check", "case": label, "check": check.name, "at": done, "of": total})
            result = run.result(check)
            report.results.append(result)
            done += 1
            emit({"event": "result", "case": label, "result": asdict(result)})
    return list(reports.values())


def _pairs(request: Request, cases: list[LayerCase]) -> Iterator[tuple[LayerCase, Sample]]:
    given = request.sample()
    for case in cases:
        samples = [given] if given else list(case.samples)
        if not samples:
            raise UsageError(
                f"--input-shape is required for {case.label}, which has no samples: pass "
                "--input-shape including the batch, such as --input-shape 4,7,6 (and "
                "--input-dtype int32 for integers)."
            )
        for sample in _named("sample", request.samples, [(s.name, s) for s in samples]):
            yield case, sample


def _named(kind: str, wanted: list[str], pairs: list[tuple[str, Any]]) -> list[Any]:
    known = [name for name, _ in pairs]
    for name in wanted:
        if name not in known:
            raise unknown_name(kind, name, known)
    return [found for name, found in pairs if not wanted or name in wanted]


def main() -> int:
    """Read a request from standard input and write events to standard output."""
    # What a layer prints must not be mixed with events.
    out, sys.stdout = sys.stdout, sys.stderr

    def emit(event: Event) -> None:
        out.write(f"\n{MARK}{json.dumps(event)}\n")
        out.flush()

    emit({"event": "start"})
    try:
        reports = run_request(Request.from_json(sys.stdin.read()), emit)
    except UsageError as error:
        emit({"event": "usage_error", "message": str(error)})
        return 2
    emit({"event": "end", "reports": [json.loads(report.to_json()) for report in reports]})
    return 0
