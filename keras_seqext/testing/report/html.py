"""Reports as one page that needs nothing beside it."""

from collections.abc import Sequence
from html import escape

from keras_seqext.testing.core.result import CheckResults

from .check_table import (
    SIGNS,
    Column,
    columns,
    declared_lines,
    deduplicated,
    reasons,
    rows,
    software,
    worst,
    worst_result,
)

STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent);
  --good: #15803d; --bad: #dc2626; --warn: #b45309; --back: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --good: #4ade80; --bad: #f87171; --warn: #fbbf24; --back: #16181d; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 90rem;
  background: var(--back); }
h1 { font-size: 1.5rem; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; padding: .75rem;
  font: 13px/1.5 ui-monospace, monospace; border-left: 4px solid var(--bad);
  background: color-mix(in srgb, currentColor 6%, transparent); scroll-margin-top: 1rem; }
pre.expected { border-color: var(--warn); } pre:target { outline: 2px solid var(--bad); }
.wide { overflow: auto; max-height: 85vh; border: 1px solid var(--line); width: fit-content;
  max-width: 100%; }
table { border-collapse: separate; border-spacing: 0; }
td, th { padding: .15rem .6rem; text-align: left; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
thead { position: sticky; top: 0; z-index: 2; }
thead th { background: var(--back); } thead tr + tr th { font-weight: 400; }
thead th.corner { position: sticky; left: 0; z-index: 3; }
tbody tr.family th { font-weight: 700; padding-top: .6rem; }
tbody tr:hover > * { background: color-mix(in srgb, var(--back) 92%, currentColor); }
td.sign { text-align: center; } td.first { border-left: 1px solid var(--line); }
td a { color: inherit; } .level { opacity: .65; }
.passed { color: var(--good); } .failed { color: var(--bad); font-weight: 700; }
.expected, .blocked { color: var(--warn); } .not_applicable, .skipped { opacity: .5; }
.legend span { margin-right: .6rem; white-space: nowrap; }
li.failed { font-weight: 400; } details { margin: 1rem 0; }
ul { padding-left: 1.2rem; }
.tall thead tr:first-child th:not(.corner):not(.level) { writing-mode: vertical-rl;
  transform: rotate(180deg); max-height: 14rem; padding: .6rem .15rem; }
body:has(#only:checked) tr.fine { display: none; }
@media (max-width: 40rem) { body { padding: .6rem; } td, th { padding: .15rem .4rem; }
  th.level, td.level { display: none; } tbody th { max-width: 45vw; overflow: hidden;
  text-overflow: ellipsis; } }
"""
WORDS = {
    "passed": "passed",
    "failed": "failed",
    "expected": "expected failure",
    "not_applicable": "not applicable",
    "blocked": "blocked by another failure",
    "skipped": "skipped",
}


def html(reports: Sequence[CheckResults]) -> str:
    """A page with a summary, the failures in full and the matrix of all checks."""
    parts = [
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Layer checks</title><style>{STYLE}</style></head><body>",
        "<h1>Layer checks</h1>",
        _summaries(reports),
        "<h2>All checks</h2>",
        _legend(),
        _table(reports),
    ]
    for title, status in (("Failures", "failed"), ("Expected failures", "expected")):
        found = deduplicated(reports, status)
        parts += [f"<h2>{title}</h2>"] if found else []
        parts += [
            f"<pre id='{_anchor(*key)}' class='{status}'>{_text(text)}</pre>" for key, text in found
        ]
    for title, lines in (
        ("Not run, and why", reasons(reports)),
        ("Declared traits", declared_lines(reports)),
    ):
        if lines:
            items = "".join(f"<li>{_text(line)}</li>" for line in lines)
            parts.append(
                f"<details><summary>{title} ({len(lines)})</summary><ul>{items}</ul></details>"
            )
    return "\n".join([*parts, "</body></html>\n"])


def _summaries(reports: Sequence[CheckResults]) -> str:
    items = "".join(["<ul>", *(_summary(report) for report in reports), "</ul>"])
    if len(reports) <= 12:
        return items
    bad = sum(bool(report.failed) for report in reports)
    head = f"{len(reports)} reports, {bad} with failures"
    return f"<details><summary>{head}</summary>{items}</details>"


def _summary(report: CheckResults) -> str:
    status = "failed" if report.failed else "passed"
    return f"<li class='{status}'>{_text(report.summary())} ({_text(software(report))})</li>"


def _anchor(case: str, sample: str, check: str) -> str:
    return _text("-".join((case, sample, check)).replace(" ", "-"))


def _legend() -> str:
    signs = " ".join(
        f"<span class='{status}'>{SIGNS[status]} {words}</span>" for status, words in WORDS.items()
    )
    box = "<label><input type='checkbox' id='only'> only checks that fail somewhere</label>"
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
    last = ""
    for name, level, family in rows(reports):
        if family != last:
            last = family
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
    said = result.message.splitlines()[0] if result and result.message else WORDS[status]
    sign = SIGNS[status]
    if result and status in ("failed", "expected"):
        sign = f"<a href='#{_anchor(report.case, result.sample, name)}'>{sign}</a>"
    kind = f"sign {status}{' first' if first else ''}"
    return f"<td class='{kind}' title='{_text(said)}'>{sign}</td>"


def _text(text: str) -> str:
    return escape(str(text), quote=True)
