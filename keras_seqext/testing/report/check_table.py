"""Contents of a report of several cases and backends, for Markdown and HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from keras_seqext.testing.core.result import CheckResults, Result
from keras_seqext.testing.core.versions import software

SIGNS = {
    "passed": "✓",
    "failed": "✗",
    "expected": "(✗)",
    "not_applicable": "·",
    "blocked": "⊘",
    "skipped": "–",
}
# Sections with failures: title and status.
FAILURES = (("Failures", "failed"), ("Expected failures", "expected"))
BACKENDS = ("tensorflow", "jax", "torch")


@dataclass(frozen=True)
class Column:
    """One case on all its backends.

    Args:
        case: Name of the case.
        reports: Pairs of backend and report, in the order of `BACKENDS`.
    """

    case: str
    reports: tuple[tuple[str, CheckResults], ...]


def columns(reports: Sequence[CheckResults]) -> list[Column]:
    """Return the cases in their order, each with its backends."""
    found: dict[str, list[tuple[str, CheckResults]]] = {}
    for report in reports:
        backend = str(report.header.get("backend", "?"))
        found.setdefault(report.case, []).append((backend, report))

    def order(pair: tuple[str, CheckResults]) -> int:
        return BACKENDS.index(pair[0]) if pair[0] in BACKENDS else len(BACKENDS)

    return [Column(case, tuple(sorted(pairs, key=order))) for case, pairs in found.items()]


def rows(reports: Sequence[CheckResults]) -> list[tuple[str, str, str]]:
    """Return every check of the reports as `(name, level, family)`, grouped by family."""
    seen: dict[str, tuple[str, str, str]] = {}
    for report in reports:
        for result in report.results:
            family = result.module.partition("_")[0]
            seen.setdefault(result.name, (result.name, result.level, family))
    families = list(dict.fromkeys(family for _, _, family in seen.values()))
    return sorted(seen.values(), key=lambda row: families.index(row[2]))


def worst(report: CheckResults, name: str) -> str:
    """Return the status of a check over all samples: a failure on one sample is a failure."""
    found = [result.status for result in report.results if result.name == name]
    order = ("failed", "expected", "blocked", "skipped", "passed", "not_applicable")
    return next((status for status in order if status in found), "not_applicable")


def worst_result(report: CheckResults, name: str) -> Result | None:
    """Return the result that determines `worst`, or `None` if the check did not run."""
    status = worst(report, name)
    found = [r for r in report.results if r.name == name and r.status == status]
    return found[0] if found else None


def deduplicated(
    reports: Sequence[CheckResults], status: str = "failed"
) -> list[tuple[tuple[str, str, str], str]]:
    """Return failures as `((case, sample, check), text)`, one for all backends.

    The text is that of the first backend, with the findings of the others at its end.
    """
    texts: dict[tuple[str, str, str], list[str]] = {}
    for report in reports:
        for result in (result for result in report.results if result.status == status):
            text = texts.setdefault((report.case, result.sample, result.name), [])
            if not text:
                text.append(result.message)
                continue
            finding = result.message.partition("\n  Why it matters:")[0].split("\n")[2:]
            also = " ".join(line.strip() for line in finding) or result.message
            text.append(f"  Also on {result.backend}: {also}")
    return [(key, "\n".join(text)) for key, text in texts.items()]


def summary_line(report: CheckResults) -> str:
    """Return the number of results per status and the versions, in one line."""
    backend = str(report.header.get("backend", "?"))
    return f"{report.summary()} ({software(backend, report.header.get('versions', {}))})"


def notes(reports: Sequence[CheckResults]) -> list[tuple[str, list[str]]]:
    """Return the sections at the end of a report as pairs of title and lines."""
    sections = [
        ("Checks that did not run", reasons(reports)),
        ("Declared traits", declared_lines(reports)),
    ]
    return [(title, lines) for title, lines in sections if lines]


def reasons(reports: Sequence[CheckResults]) -> list[str]:
    """Return why checks did not run, grouped by reason, with the backends if not all."""
    places: dict[tuple[str, str, str, str], list[str]] = {}
    for report in reports:
        for result in (*report.not_applicable, *report.blocked, *report.skipped):
            status = result.status.replace("_", " ")
            key = (report.case, status, result.message, result.name)
            places.setdefault(key, []).append(result.backend)
    names: dict[tuple[str, str, str, tuple[str, ...]], list[str]] = {}
    for (case, status, message, name), backends in places.items():
        names.setdefault((case, status, message, tuple(dict.fromkeys(backends))), []).append(name)
    every = {str(report.header.get("backend", "?")) for report in reports}
    return [
        f"{case}: {', '.join(found)} {status}: {message}"
        + ("" if set(backends) >= every else f" ({', '.join(backends)})")
        for (case, status, message, backends), found in names.items()
    ]


def declared_lines(reports: Sequence[CheckResults]) -> list[str]:
    """Return the declared traits of all cases, one per line."""
    lines = [
        f"{report.case} declares {name}={value}"
        for report in reports
        for name, value in report.header.get("declared_traits", {}).items()
    ]
    return list(dict.fromkeys(lines))
