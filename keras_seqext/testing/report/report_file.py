"""Files with the reports of several cases and backends."""

import json
from collections.abc import Sequence
from pathlib import Path

from keras_seqext.testing.core.usage_error import UsageError
from keras_seqext.testing.report.report import Report

from .html import html
from .markdown import markdown

SUFFIXES = (".json", ".md", ".html")


def require_suffix(path: Path) -> Path:
    """Return the path, or raise `UsageError` if its suffix is not a supported format."""
    if path.suffix not in SUFFIXES:
        raise UsageError(
            f"the file of a report must end in .json, .md or .html. Received: {str(path)!r}."
        )
    return path


def write_reports(reports: Sequence[Report], path: Path) -> None:
    """Write reports as JSON, Markdown or HTML, depending on the suffix of the path."""
    require_suffix(path).parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        content = {"schema": 1, "reports": [json.loads(report.to_json()) for report in reports]}
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    else:
        text = markdown(reports) if path.suffix == ".md" else html(reports)
    path.write_text(text, encoding="utf-8")


def read_reports(path: Path) -> list[Report]:
    """Return the reports that `write_reports` wrote as JSON."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return [Report.from_json(json.dumps(each)) for each in content["reports"]]
