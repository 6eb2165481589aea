"""Classification of failures: a defect with a page, or a design decision with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from packaging.specifiers import SpecifierSet

from keras_seqext.testing.report.baseline import Entry, read_baseline
from keras_seqext.testing.report.report import Report

BASELINE = Path(__file__).parent / "known.toml"
DEFECT, DESIGN = "defect ", "design: "


def known(path: Path = BASELINE) -> list[Entry]:
    """Return the entries of a baseline.

    Raises:
        ValueError: If a reason does not begin with `defect PAGE` or `design: `.
    """
    entries = read_baseline(path)
    for entry in entries:
        if not entry.reason.startswith((DEFECT, DESIGN)):
            raise ValueError(
                f"a reason must begin with {DEFECT!r} and the name of a page, or with {DESIGN!r}. "
                f"Received: {entry.reason!r} for {entry.check} of {entry.case}."
            )
    return entries


def page_of(entry: Entry) -> str | None:
    """Return the name of the page that describes the defect, or `None` for a design decision."""
    if not entry.reason.startswith(DEFECT):
        return None
    return entry.reason.removeprefix(DEFECT).partition(":")[0].strip()


def judged(
    reports: Sequence[Report], entries: Sequence[Entry]
) -> tuple[list[Report], list[tuple[str, Entry]]]:
    """Mark the known failures in reports as expected, and find the stale entries.

    Args:
        reports: Reports of one or more backends.
        entries: Known failures.

    Returns:
        The marked reports, and pairs of a backend and an entry whose check passes there
        everywhere. Whether an entry holds is decided by the versions in the reports, not by the
        versions installed: stored results are judged alike in every environment.
    """
    # The reports of a backend agree in their versions: one file holds one release of Keras.
    versions = {_backend(report): report.header.get("versions", {}) for report in reports}
    holding = {b: [entry for entry in entries if _holds(entry, b, versions[b])] for b in versions}
    used: set[tuple[str, int]] = set()
    passed: set[tuple[str, int]] = set()
    marked = []
    for report in reports:
        backend = _backend(report)
        results = []
        for result in report.results:
            # The name is compared before the pattern of cases, which is much slower.
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
        for backend in holding
        for entry in holding[backend]
        if (backend, id(entry)) in passed - used
    ]
    return marked, stale


def _backend(report: Report) -> str:
    return str(report.header.get("backend"))


def _holds(entry: Entry, backend: str, versions: Mapping[str, str]) -> bool:
    return (not entry.backend or backend in entry.backend) and all(
        package in versions and SpecifierSet(wanted).contains(versions[package], prereleases=True)
        for package, wanted in entry.versions.items()
    )
