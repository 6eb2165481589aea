"""One process, one backend: runs the checks of a request and says how it goes."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from keras_seqext._common.choices import did_you_mean
from keras_seqext.testing.core.case import LayerCase, Sample
from keras_seqext.testing.core.usage_error import UsageError
from keras_seqext.testing.report.report import Report
from keras_seqext.testing.run.check_layer import chosen_checks
from keras_seqext.testing.run.runner import CaseRun, in_order

from .request import Request
from .target import as_cases, load

Event = dict[str, Any]
Tell = Callable[[Event], None]
MARK = "\x1e"  # begins each event, so that what a layer prints is not taken for one


def run_request(request: Request, tell: Tell) -> list[Report]:
    """The reports of all cases, in order.

    Args:
        request: What to do.
        tell: Called with an event before and after each check.

    Raises:
        UsageError: If the request cannot be carried out.
    """
    cases = as_cases(load(request.target), request.target, request.kwargs, request.traits)
    cases = _named("case", request.cases, [(case.label, case) for case in cases])
    runs = [CaseRun(case, sample, request.seed) for case, sample in _pairs(request, cases)]
    checks = in_order(chosen_checks(request.level, request.checks or None))
    total, done = len(runs) * len(checks), 0
    reports: dict[str, Report] = {}
    for run in runs:
        label = run.case.label
        report = reports.setdefault(label, Report(label, [], {}))
        # Its traits are found out by calling it: a layer that takes the process down does so here.
        tell({"event": "check", "case": label, "check": "call_finite", "at": done, "of": total})
        report.header = report.header or run.header
        for check in checks:
            tell({"event": "check", "case": label, "check": check.name, "at": done, "of": total})
            result = run.result(check)
            report.results.append(result)
            done += 1
            tell({"event": "result", "case": label, "result": asdict(result)})
    return list(reports.values())


def _pairs(request: Request, cases: list[LayerCase]) -> Iterator[tuple[LayerCase, Sample]]:
    given = request.sample()
    for case in cases:
        samples = [given] if given else list(case.samples)
        if not samples:
            raise UsageError(
                f"nothing to feed {case.label} with: pass --input-shape, the batch first, as in "
                "--input-shape 4,7,6 (and --input-dtype int32 for integers)."
            )
        for sample in _named("sample", request.samples, [(s.name, s) for s in samples]):
            yield case, sample


def _named(kind: str, wanted: list[str], pairs: list[tuple[str, Any]]) -> list[Any]:
    known = [name for name, _ in pairs]
    for name in wanted:
        if name not in known:
            raise UsageError(
                f"there is no {kind} {name!r}.{did_you_mean(name, known)} "
                f"Known: {', '.join(known)}."
            )
    return [found for name, found in pairs if not wanted or name in wanted]


def main() -> int:
    """Reads a request from standard input and writes events to standard output."""
    # A layer that prints must not come between the events.
    out, sys.stdout = sys.stdout, sys.stderr

    def tell(event: Event) -> None:
        out.write(f"\n{MARK}{json.dumps(event)}\n")
        out.flush()

    tell({"event": "start"})
    try:
        reports = run_request(Request.from_json(sys.stdin.read()), tell)
    except UsageError as error:
        tell({"event": "misuse", "message": str(error)})
        return 2
    tell({"event": "end", "reports": [json.loads(report.to_json()) for report in reports]})
    return 0
