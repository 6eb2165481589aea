"""What is known of the failures: a defect with a page, or a decision with a reason."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from keras_seqext.testing.report.baseline import Entry, read_baseline
from keras_seqext.testing.report.report import Report

BASELINE = Path(__file__).parent / "known.toml"
DEFECT, DESIGN = "defect ", "design: "


def known(path: Path = BASELINE) -> list[Entry]:
    """The entries of a baseline whose reasons begin with `defect PAGE` or `design: `."""
    entries = read_baseline(path)
    for entry in entries:
        if not entry.reason.startswith((DEFECT, DESIGN)):
            raise ValueError(
                f"a reason begins with {DEFECT!r} and the name of a page, or with {DESIGN!r}. "
                f"Received: {entry.reason!r} for {entry.check} of {entry.case}."
            )
    return entries


def page_of(entry: Entry) -> str | None:
    """The name of the page that tells of the defect, if it is one."""
    if not entry.reason.startswith(DEFECT):
        return None
    return entry.reason.removeprefix(DEFECT).partition(":")[0].strip()


def judged(
    reports: Sequence[Report], entries: Sequence[Entry]
) -> tuple[list[Report], list[tuple[str, Entry]]]:
    """The reports with known failures marked as expected, and the entries that excuse nothing.

    An entry that excuses nothing is paired with the backend it claims to hold for.
    """
    backends = dict.fromkeys(str(report.header.get("backend")) for report in reports)
    holding = {b: [entry for entry in entries if entry.holds(b)] for b in backends}
    used: set[tuple[str, int]] = set()
    passed: set[tuple[str, int]] = set()
    marked = []
    for report in reports:
        backend = str(report.header.get("backend"))
        results = []
        for result in report.results:
            about = [e for e in holding[backend] if e.check == result.name]
            about = [e for e in about if e.is_about(report.case, result.name)]
            if about and result.status == "failed":
                message = f"expected: {about[0].reason}\n{result.message}"
                result = replace(result, status="expected", message=message)
            if result.status == "passed":
                passed.update((backend, id(entry)) for entry in about)
            elif result.status in ("expected", "blocked"):
                used.update((backend, id(entry)) for entry in about)
            results.append(result)
        marked.append(replace(report, results=results))
    stale = [
        (backend, entry)
        for backend in backends
        for entry in holding[backend]
        if (backend, id(entry)) in passed - used
    ]
    return marked, stale
