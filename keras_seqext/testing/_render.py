"""Reports as Markdown and as a page, one or many at a time."""

import html as escaping
from collections.abc import Sequence

from ._result import Report

SIGNS = {
    "passed": "✓",
    "failed": "✗",
    "expected": "(✗)",
    "not_applicable": "·",
    "blocked": "blocked",
    "skipped": "skipped",
}
STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
pre { white-space: pre-wrap; padding: .75rem; border-left: 4px solid #c2410c;
      background: color-mix(in srgb, currentColor 6%, transparent); }
table { border-collapse: collapse; } .wide { overflow-x: auto; }
td, th { padding: .2rem .6rem; text-align: left; vertical-align: top;
         border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
.passed { color: #15803d; } .failed { color: #dc2626; font-weight: 700; }
.expected, .blocked { color: #b45309; } .not_applicable, .skipped { opacity: .6; }
"""


def markdown(reports: Sequence[Report]) -> str:
    """A summary of each, failures in full, then the matrix of all checks."""
    lines = ["# Layer checks", ""]
    lines += [f"- {report.summary()} ({_software(report)})" for report in reports]
    for report in reports:
        for result in [*report.failed, *report.expected]:
            lines += ["", "```text", result.message, "```"]
    lines += ["", *_matrix(reports)]
    reasons = _reasons(reports)
    if reasons:
        lines += ["", "## Not run, and why", "", *reasons]
    declared = [
        f"- {report.case} declares {name}={value}"
        for report in reports
        for name, value in report.header.get("declared_traits", {}).items()
    ]
    if declared:
        lines += ["", "## Declared traits", "", *declared]
    return "\n".join(lines) + "\n"


def _software(report: Report) -> str:
    versions = report.header.get("versions", {})
    backend = report.header.get("backend", "?")
    return f"keras {versions.get('keras', '?')}, {backend} {versions.get(backend, '?')}"


def columns(reports: Sequence[Report]) -> list[tuple[str, Report]]:
    """The heading of each report in a matrix."""
    return [(f"{report.case} on {report.header.get('backend', '?')}", report) for report in reports]


def rows(reports: Sequence[Report]) -> list[tuple[str, str]]:
    """Every check in any of the reports as `(name, level)`, in order."""
    seen: dict[str, str] = {}
    for report in reports:
        for result in report.results:
            seen.setdefault(result.name, result.level)
    return list(seen.items())


def _matrix(reports: Sequence[Report]) -> list[str]:
    heads = [head for head, _ in columns(reports)]
    lines = [f"| check | level | {' | '.join(heads)} |", "|---" * (2 + len(heads)) + "|"]
    for name, level in rows(reports):
        cells = [SIGNS[_worst(report, name)] for report in reports]
        lines.append(f"| {name} | {level} | {' | '.join(cells)} |")
    return lines


def _worst(report: Report, name: str) -> str:
    """The status of a check over all samples: a failure in one is a failure."""
    found = [result.status for result in report.results if result.name == name]
    order = ("failed", "expected", "blocked", "skipped", "passed", "not_applicable")
    return next((status for status in order if status in found), "not_applicable")


def _reasons(reports: Sequence[Report]) -> list[str]:
    return [
        f"- {report.case}: {result.name} {result.status.replace('_', ' ')}: {result.message}"
        for report in reports
        for result in (*report.not_applicable, *report.blocked, *report.skipped)
    ]


def html(reports: Sequence[Report]) -> str:
    """A page that needs nothing beside it."""
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width'><title>Layer checks</title>",
        f"<style>{STYLE}</style></head><body><h1>Layer checks</h1><ul>",
    ]
    for report in reports:
        parts.append(f"<li>{_text(report.summary())} ({_text(_software(report))})</li>")
    parts.append("</ul>")
    for report in reports:
        parts += [f"<pre>{_text(r.message)}</pre>" for r in (*report.failed, *report.expected)]
    parts.append("<div class='wide'><table><thead><tr><th>check</th><th>level</th>")
    parts += [f"<th>{_text(head)}</th>" for head, _ in columns(reports)]
    parts.append("</tr></thead><tbody>")
    for name, level in rows(reports):
        parts.append(f"<tr><td>{_text(name)}</td><td>{level}</td>")
        parts += [_cell(report, name) for report in reports]
        parts.append("</tr>")
    parts.append("</tbody></table></div></body></html>")
    return "".join(parts)


def _cell(report: Report, name: str) -> str:
    status = _worst(report, name)
    found = [r for r in report.results if r.name == name and r.status == status]
    title = found[0].message.splitlines()[0] if found and found[0].message else status
    sign = SIGNS[status]
    return f"<td class='{status}' title='{_text(title)}'>{sign}</td>"


def _text(text: str) -> str:
    return escaping.escape(text, quote=True)
