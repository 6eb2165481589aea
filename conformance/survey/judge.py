"""What is known of the failures: a defect with a page, or a decision with a reason."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from keras_seqext.testing._baseline import Entry, out_of_date, read_baseline
from keras_seqext.testing._result import Report

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
    marked = []
    for report in reports:
        backend = str(report.header.get("backend"))
        holding = [entry for entry in entries if entry.holds(backend)]
        results = []
        for result in report.results:
            if result.status == "failed":
                about = [e for e in holding if e.is_about(report.case, result.name)]
                if about:
                    message = f"expected: {about[0].reason}\n{result.message}"
                    result = replace(result, status="expected", message=message)
            results.append(result)
        marked.append(replace(report, results=results))
    stale = []
    for backend in dict.fromkeys(str(report.header.get("backend")) for report in reports):
        here = [r for r in reports if r.header.get("backend") == backend]
        pairs = [(report.case, result) for report in here for result in report.results]
        stale += [
            (backend, entry)
            for entry in out_of_date(entries, pairs, backend)
            if any(entry.is_about(case, x.name) and x.status == "passed" for case, x in pairs)
        ]
    return marked, stale
