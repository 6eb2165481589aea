"""Layer x check x backend: what stands where."""

from collections.abc import Sequence
from dataclasses import dataclass

from keras_seqext.testing.core.result import CheckResults, Result

SIGNS = {
    "passed": "✓",
    "failed": "✗",
    "expected": "(✗)",
    "not_applicable": "·",
    "blocked": "⊘",
    "skipped": "–",
}
BACKENDS = ("tensorflow", "jax", "torch")


@dataclass(frozen=True)
class Column:
    """One case on all its backends.

    Args:
        case: Its name.
        reports: A report a backend, in the usual order of backends.
    """

    case: str
    reports: tuple[tuple[str, CheckResults], ...]


def columns(reports: Sequence[CheckResults]) -> list[Column]:
    """The cases in their order, each with its backends."""
    found: dict[str, list[tuple[str, CheckResults]]] = {}
    for report in reports:
        backend = str(report.header.get("backend", "?"))
        found.setdefault(report.case, []).append((backend, report))

    def order(pair: tuple[str, CheckResults]) -> int:
        return BACKENDS.index(pair[0]) if pair[0] in BACKENDS else len(BACKENDS)

    return [Column(case, tuple(sorted(pairs, key=order))) for case, pairs in found.items()]


def rows(reports: Sequence[CheckResults]) -> list[tuple[str, str, str]]:
    """Every check in any of the reports as `(name, level, family)`, families together."""
    seen: dict[str, tuple[str, str, str]] = {}
    for report in reports:
        for result in report.results:
            family = result.module.partition("_")[0]
            seen.setdefault(result.name, (result.name, result.level, family))
    families = list(dict.fromkeys(family for _, _, family in seen.values()))
    return sorted(seen.values(), key=lambda row: families.index(row[2]))


def worst(report: CheckResults, name: str) -> str:
    """The status of a check over all samples: a failure in one is a failure."""
    found = [result.status for result in report.results if result.name == name]
    order = ("failed", "expected", "blocked", "skipped", "passed", "not_applicable")
    return next((status for status in order if status in found), "not_applicable")


def worst_result(report: CheckResults, name: str) -> Result | None:
    """The result that decides `worst`, if the check ran at all."""
    status = worst(report, name)
    found = [r for r in report.results if r.name == name and r.status == status]
    return found[0] if found else None


def deduplicated(
    reports: Sequence[CheckResults], status: str = "failed"
) -> list[tuple[tuple[str, str, str], str]]:
    """The failures as `((case, sample, check), text)`; another backend adds what differs."""
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


def software(report: CheckResults) -> str:
    """`keras 3.15.1, jax 0.10.2`."""
    found = report.header.get("versions", {})
    backend = report.header.get("backend", "?")
    return f"keras {found.get('keras', '?')}, {backend} {found.get(backend, '?')}"


def reasons(reports: Sequence[CheckResults]) -> list[str]:
    """Why checks did not run: those with one reason together, with the backends it holds for."""
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
    """What authors have declared of their layers."""
    lines = [
        f"{report.case} declares {name}={value}"
        for report in reports
        for name, value in report.header.get("declared_traits", {}).items()
    ]
    return list(dict.fromkeys(lines))
