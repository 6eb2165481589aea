"""What the command line says at the end."""

from collections.abc import Sequence
from typing import Any

from keras_seqext.testing.core.result import CheckResults

from .check_table import deduplicated


def print_summary(console: Any, reports: Sequence[CheckResults]) -> None:
    """Failures in full, once for all backends, then a line a report."""

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    for _, text in deduplicated(reports):
        say("")
        head, _, rest = text.partition("\n")
        say(head, "bold red")
        say(rest)
    if any(report.failed for report in reports):
        say("")
    for report in reports:
        backend = report.header.get("backend", "?")
        say(f"{report.summary()} on {backend}", "red" if report.failed else "green")
    declared = {
        f"{report.case} declares {name}={value}"
        for report in reports
        for name, value in report.header.get("declared_traits", {}).items()
    }
    for line in sorted(declared):
        say(line)
