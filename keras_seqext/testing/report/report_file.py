"""Reports of several cases and backends in one file."""

import json
from collections.abc import Sequence
from pathlib import Path

from keras_seqext.testing.core.usage_error import UsageError
from keras_seqext.testing.report.report import Report

from .html import html
from .markdown import markdown

SUFFIXES = (".json", ".md", ".html")


def require_suffix(path: Path) -> Path:
    """The path, if its ending names a format we write."""
    if path.suffix not in SUFFIXES:
        raise UsageError(f"a report ends in .json, .md or .html. Received: {str(path)!r}.")
    return path


def write_reports(reports: Sequence[Report], path: Path) -> None:
    """Writes reports as JSON, Markdown or HTML, by the ending of the path."""
    require_suffix(path).parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        content = {"schema": 1, "reports": [json.loads(report.to_json()) for report in reports]}
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    else:
        text = markdown(reports) if path.suffix == ".md" else html(reports)
    path.write_text(text, encoding="utf-8")


def read_reports(path: Path) -> list[Report]:
    """What `write_reports` wrote as JSON."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return [Report.from_json(json.dumps(each)) for each in content["reports"]]
