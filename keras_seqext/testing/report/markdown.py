"""Reports as Markdown: a summary, failures in full, the matrix layer x check x backend."""

from collections.abc import Sequence

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
)

LEGEND = (
    "✓ passed, ✗ failed, (✗) expected failure, · not applicable, ⊘ blocked by another failure, "
    "– skipped"
)


def markdown(reports: Sequence[CheckResults]) -> str:
    """A summary of each, failures in full, then the matrix of all checks."""
    lines = ["# Layer checks", ""]
    lines += [f"- {report.summary()} ({software(report)})" for report in reports]
    for title, status in (("Failures", "failed"), ("Expected failures", "expected")):
        found = deduplicated(reports, status)
        lines += ["", f"## {title}"] if found else []
        for _, text in found:
            lines += ["", "```text", text, "```"]
    lines += ["", "## All checks", "", LEGEND, "", *_matrix(reports)]
    notes = reasons(reports)
    if notes:
        lines += ["", "## Not run, and why", "", *(f"- {line}" for line in notes)]
    declared = declared_lines(reports)
    if declared:
        lines += ["", "## Declared traits", "", *(f"- {line}" for line in declared)]
    return "\n".join(lines) + "\n"


def _matrix(reports: Sequence[CheckResults]) -> list[str]:
    """A column a case, with a sign a backend; a column a backend where there is one case."""
    cases = columns(reports)
    if len(cases) == 1:
        heads = [backend for backend, _ in cases[0].reports]
    else:
        heads = [column.case for column in cases]
    lines = [
        f"| check | level | {' | '.join(map(_cell, heads))} |",
        "|---" * (2 + len(heads)) + "|",
    ]
    for name, level, _ in rows(reports):
        if len(cases) == 1:
            signs = _signs(cases[0], name)
        else:
            signs = [" ".join(_signs(column, name)) for column in cases]
        lines.append(f"| {name} | {level} | {' | '.join(signs)} |")
    if len(cases) > 1:
        backends = [backend for backend, _ in cases[0].reports]
        if len(backends) > 1:
            lines += ["", f"Signs stand for {', '.join(backends)}, in this order."]
    return lines


def _signs(column: Column, name: str) -> list[str]:
    return [SIGNS[worst(report, name)] for _, report in column.reports]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
