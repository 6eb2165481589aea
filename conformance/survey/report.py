"""`python -m conformance.survey.report`: docs/survey.md and docs/survey.html from the results."""

import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_seqext.testing.report.baseline import Entry
from keras_seqext.testing.report.report import Report
from keras_seqext.testing.report.report_file import read_reports, write_reports

from . import RESULTS, packages_survey
from .judge import DESIGN, judged, known, page_of
from .upstream import Page, read_pages

HERE = Path(__file__).parent
FINDINGS = HERE / "packages" / "findings.toml"
DOCS = HERE.parents[1] / "docs"
HEAD = """# The survey

The layer checks of `keras_seqext.testing` on layers that are not ours. Made by
`python -m conformance.survey.report` from `conformance/survey/results`; `make survey` runs the
checks anew (hours on two cores). Each failure was looked at: it is a defect with a script that
shows it without this package, or a decision that the layer's documentation states or implies.
"""


def main() -> int:
    """Writes both pages; 1 if a failure has no explanation or an explanation no failure."""
    entries, pages = known(), {page.path.stem: page for page in read_pages()}
    newest = sorted(RESULTS.glob("keras-*.json"))[-1]
    reports, stale = judged(read_reports(newest), entries)
    lines = [HEAD, *keras_part(reports, entries, pages), *packages_part()]
    (DOCS / "survey.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_reports(reports, DOCS / "survey.html")
    open_ones = [(r.case, x.name, x.backend) for r in reports for x in r.failed]
    for case, check, backend in open_ones:
        print(f"no explanation: {check} of {case} on {backend}")
    for backend, entry in stale:
        print(f"nothing to explain: {entry.check} of {entry.case} on {backend}: {entry.reason}")
    for name in sorted({page_of(e) for e in entries} - {None} - set(pages)):
        print(f"no page docs/upstream/{name}.md")
    return int(bool(open_ones or stale))


def keras_part(
    reports: Sequence[Report], entries: Sequence[Entry], pages: dict[str, Page]
) -> list[str]:
    """Keras' own layers: totals, defects, decisions, and a line a case."""
    versions = _versions(reports)
    classes = {report.case.partition("-")[0] for report in reports}
    checks = {result.name for report in reports for result in report.results}
    lines = [
        "## Keras' own layers",
        "",
        f"{len({r.case for r in reports})} cases of {len(classes)} classes, {len(checks)} checks, "
        f"on {', '.join(f'{name} {version}' for name, version in versions.items())}. The matrix of "
        "all results: [survey.html](survey.html).",
        "",
        f"### Defects: {len(pages)}",
        "",
        "| defect | layers | backends | effect |",
        "|---|---|---|---|",
        *(
            f"| [{page.title}](upstream/{name}.md) | {page.facts['Layers']} | "
            f"{page.facts['Backends']} | {page.facts['Effect']} |"
            for name, page in sorted(pages.items())
        ),
        "",
        "### Decisions of Keras, not counted as defects",
        "",
        "| check | layers | why |",
        "|---|---|---|",
    ]
    reasons: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if entry.reason.startswith(DESIGN):
            key = (entry.check, entry.reason.removeprefix(DESIGN))
            reasons.setdefault(key, []).append(entry.case)
    for (check, reason), cases in reasons.items():
        lines.append(f"| `{check}` | {', '.join(dict.fromkeys(cases))} | {reason} |")
    lines += [
        "",
        "### Every case",
        "",
        "| case | passed | known | not applicable |",
        "|---|---|---|---|",
    ]
    for case in dict.fromkeys(report.case for report in reports):
        count = Counter(x.status for r in reports if r.case == case for x in r.results)
        found = [str(count[status]) for status in ("passed", "expected", "not_applicable")]
        lines.append(f"| {case} | {' | '.join(found)} |")
    return [*lines, ""]


def packages_part() -> list[str]:
    """Published packages: a line each, then what was found."""
    registry = list(packages_survey.registry().values())
    findings = tomllib.loads(FINDINGS.read_text(encoding="utf-8"))["finding"]
    lines = ["## Published packages", "", *_package_table(registry, findings), ""]
    for package in registry:
        own = [each for each in findings if each["package"] == package["name"]]
        if own:
            lines += [f"### {package['name']} {package['version']}", ""]
        for each in own:
            lines.append(
                f"- **{each['kind']}**, `{each['check']}` of {each['case']}"
                f" ({_text(each.get('backends', ''))}): {each['summary']}"
            )
            if each.get("repro"):
                code = each["repro"].strip().splitlines()
                lines += ["", "  ```python", *(f"  {line}".rstrip() for line in code), "  ```", ""]
        lines.append("")
    return lines


def _package_table(registry: list[dict[str, Any]], findings: list[dict[str, Any]]) -> list[str]:
    lines = [
        "| package | version | cases | core failures | defects found |",
        "|---|---|---|---|---|",
    ]
    for package in registry:
        path = RESULTS / f"package-{package['name']}.json"
        if not path.exists():
            continue
        reports = read_reports(path)
        core = {(r.case, x.name) for r in reports for x in r.failed if x.level == "core"}
        own = [e for e in findings if e["package"] == package["name"] and e["kind"] == "defect"]
        cases = len({report.case for report in reports})
        lines.append(
            f"| {package['name']} | {package['version']} | {cases} | {len(core)} | {len(own)} |"
        )
    return lines


def _versions(reports: Sequence[Report]) -> dict[str, str]:
    found: dict[str, str] = {}
    for report in reports:
        versions = report.header.get("versions", {})
        for name in ("keras", str(report.header.get("backend"))):
            if name in versions:
                found[name] = versions[name]
    return found


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


if __name__ == "__main__":
    sys.exit(main())
