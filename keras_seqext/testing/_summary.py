"""What the command line says at the end."""

from collections.abc import Sequence
from typing import Any

from ._result import Report


def print_summary(console: Any, reports: Sequence[Report]) -> None:
    """Failures in full, once for all backends, then a line a report."""

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    for failure in failures(reports):
        say("")
        head, _, rest = failure.partition("\n")
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


def failures(reports: Sequence[Report]) -> list[str]:
    """The text of each failure; the same check on another backend adds what differs."""
    texts: dict[tuple[str, str, str], list[str]] = {}
    for report in reports:
        for result in report.failed:
            text = texts.setdefault((report.case, result.sample, result.name), [])
            if not text:
                text.append(result.message)
            else:
                finding = result.message.split("\n  Why it matters:")[0].split("\n")[2:]
                text.append(f"  Also on {result.backend}: " + " ".join(s.strip() for s in finding))
    return ["\n".join(text) for text in texts.values()]
