"""HTML reports: one page without other files."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from keras_seqext.testing.core.result import CheckResults

from .check_table import (
    FAILURES,
    SIGNS,
    Column,
    columns,
    deduplicated,
    notes,
    rows,
    summary_line,
    worst,
    worst_result,
)

WORDS = {
    "passed": "passed",
    "failed": "failed",
    "expected": "expected failure",
    "not_applicable": "not applicable",
    "blocked": "blocked by another failure",
    "skipped": "skipped",
}


def html(reports: Sequence[CheckResults]) -> str:
    """Return a page with a summary, the table of all checks and the failures in full."""
    style = files("keras_seqext.testing.report").joinpath("report.css").read_text(encoding="utf-8")
    parts = [
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Layer checks</title><style>{style}</style></head><body>",
        "<h1>Layer checks</h1>",
        _summaries(reports),
        "<h2>All checks</h2>",
        _legend(),
        _table(reports),
    ]
    for title, status in FAILURES:
        found = deduplicated(reports, status)
        parts += [f"<h2>{title}</h2>"] if found else []
        parts += [
            f"<pre id='{_anchor(*key)}' class='{status}'>{_text(text)}</pre>" for key, text in found
        ]
    for title, lines in notes(reports):
        items = "".join(f"<li>{_text(line)}</li>" for line in lines)
        parts.append(
            f"<details><summary>{title} ({len(lines)})</summary><ul>{items}</ul></details>"
        )
    return "\n".join([*parts, "</body></html>\n"])


def _summaries(reports: Sequence[CheckResults]) -> str:
    items = "".join(["<ul>", *(_summary(report) for report in reports), "</ul>"])
    if len(reports) <= 12:
        return items
    failed = sum(bool(report.failed) for report in reports)
    head = f"{len(reports)} reports, {failed} with failures"
    return f"<details><summary>{head}</summary>{items}</details>"


def _summary(report: CheckResults) -> str:
    status = "failed" if report.failed else "passed"
    return f"<li class='{status}'>{_text(summary_line(report))}</li>"


def _anchor(case: str, sample: str, check: str) -> str:
    return _text("-".join((case, sample, check)).replace(" ", "-"))


def _legend() -> str:
    signs = " ".join(
        f"<span class='{status}'>{SIGNS[status]} {words}</span>" for status, words in WORDS.items()
    )
    box = "<label><input type='checkbox' id='only'> only checks that failed</label>"
    return f"<p class='legend'>{signs}</p><p>{box}</p>"


def _table(reports: Sequence[CheckResults]) -> str:
    cases = columns(reports)
    width = sum(len(column.reports) for column in cases)
    heads = "".join(
        f"<th colspan='{len(column.reports)}'>{_text(column.case)}</th>" for column in cases
    )
    backends = "".join(
        f"<th>{_text(backend if len(cases) < 4 else backend[:2])}</th>"
        for column in cases
        for backend, _ in column.reports
    )
    parts = [
        f"<div class='wide{' tall' if len(cases) > 6 else ''}'><table><thead>",
        f"<tr><th class='corner'>check</th><th class='level'>level</th>{heads}</tr>",
        f"<tr><th class='corner'></th><th class='level'></th>{backends}</tr></thead><tbody>",
    ]
    previous = ""
    for name, level, family in rows(reports):
        if family != previous:
            previous = family
            rest = f"<td colspan='{width + 1}'></td>"
            parts.append(f"<tr class='family'><th>{_text(family)}</th>{rest}</tr>")
        parts.append(_row(cases, name, level))
    return "".join([*parts, "</tbody></table></div>"])


def _row(cases: Sequence[Column], name: str, level: str) -> str:
    found = [worst(report, name) for column in cases for _, report in column.reports]
    fine = "" if {"failed", "expected"} & set(found) else " class='fine'"
    cells = "".join(
        _cell(report, name, first=n == 0)
        for column in cases
        for n, (_, report) in enumerate(column.reports)
    )
    return f"<tr{fine}><th>{_text(name)}</th><td class='level'>{_text(level)}</td>{cells}</tr>"


def _cell(report: CheckResults, name: str, first: bool) -> str:
    status = worst(report, name)
    result = worst_result(report, name)
    title = result.message.splitlines()[0] if result and result.message else WORDS[status]
    sign = SIGNS[status]
    if result and status in ("failed", "expected"):
        sign = f"<a href='#{_anchor(report.case, result.sample, name)}'>{sign}</a>"
    classes = f"sign {status}{' first' if first else ''}"
    return f"<td class='{classes}' title='{_text(title)}'>{sign}</td>"


def _text(text: str) -> str:
    return escape(str(text), quote=True)
