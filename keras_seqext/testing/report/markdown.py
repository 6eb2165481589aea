"""Markdown reports: a summary, the failures in full and the table of all checks."""

from collections.abc import Sequence

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
)

LEGEND = (
    "✓ passed, ✗ failed, (✗) expected failure, · not applicable, ⊘ blocked by another failure, "
    "– skipped"
)


def markdown(reports: Sequence[CheckResults]) -> str:
    """Return a summary of each report, the failures in full and the table of all checks."""
    lines = ["# Layer checks", ""]
    lines += [f"- {summary_line(report)}" for report in reports]
    for title, status in FAILURES:
        failures = deduplicated(reports, status)
        lines += ["", f"## {title}"] if failures else []
        for _, text in failures:
            lines += ["", "```text", text, "```"]
    lines += ["", "## All checks", "", LEGEND, "", *_matrix(reports)]
    for title, found in notes(reports):
        lines += ["", f"## {title}", "", *(f"- {line}" for line in found)]
    return "\n".join(lines) + "\n"


def _matrix(reports: Sequence[CheckResults]) -> list[str]:
    """Return a table with a column per case, or per backend if there is only one case."""
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
            lines += ["", f"The signs are those of {', '.join(backends)}, in this order."]
    return lines


def _signs(column: Column, name: str) -> list[str]:
    return [SIGNS[worst(report, name)] for _, report in column.reports]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
