"""Summary of reports in the terminal."""

from collections.abc import Sequence
from typing import Any

from keras_seqext.testing.core.result import CheckResults

from .check_table import declared_lines, deduplicated


def print_summary(console: Any, reports: Sequence[CheckResults]) -> None:
    """Print the failures in full, each once for all backends, then one line per report."""

    def show(text: str, style: str | None = None) -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    for _, text in deduplicated(reports):
        show("")
        head, _, rest = text.partition("\n")
        show(head, "bold red")
        show(rest)
    if any(report.failed for report in reports):
        show("")
    for report in reports:
        backend = report.header.get("backend", "?")
        show(f"{report.summary()} on {backend}", "red" if report.failed else "green")
    for line in sorted(declared_lines(reports)):
        show(line)
