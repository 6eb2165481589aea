"""Rows of the generated pages, shown again where a guide speaks of them, so no figure is typed."""

import re
from pathlib import Path
from typing import Any

WISH = re.compile(
    r"^<!-- rows of (?P<page>[\w/]+\.md): (?P<keys>.+?) \| (?P<columns>.+?) -->$", re.M
)


def on_page_markdown(markdown: str, config: Any, **_: Any) -> str:
    """Puts a table where a page has `<!-- rows of results.md: weather-gru | model; test °C -->`."""
    docs = Path(config.docs_dir)
    return WISH.sub(
        lambda wish: table(docs / wish["page"], wish["keys"], wish["columns"]), markdown
    )


def table(page: Path, keys: str, columns: str) -> str:
    """The rows of `page` whose first cell is among `keys`, with some of their columns.

    Args:
        page: A page of Markdown with tables.
        keys: First cells, separated by `;`.
        columns: Headings, separated by `;`.

    Returns:
        A table in Markdown.

    Raises:
        ValueError: If a row or a column is not there, so that a page never shows less than it says.
    """
    wanted = [key.strip() for key in keys.split(";")]
    names = [name.strip() for name in columns.split(";")]
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for key in wanted:
        rows = [row for row in _rows(page) if row[0][1].strip("`") == key and _has(row, names)]
        if not rows:
            raise ValueError(f"{page.name} has no row {key!r} with the columns {names}.")
        lines += ["| " + " | ".join(dict(row)[name] for name in names) + " |" for row in rows]
    return "\n".join(lines)


Row = list[tuple[str, str]]


def _has(row: Row, names: list[str]) -> bool:
    return set(names) <= dict(row).keys()


def _rows(page: Path) -> list[Row]:
    """Each row of each table as pairs of heading and cell."""
    rows: list[Row] = []
    headings: list[str] | None = None
    for line in page.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            headings = None
        elif headings is None:
            headings = _cells(line)
        elif not set(line) <= set("|-: "):
            rows.append(list(zip(headings, _cells(line), strict=True)))
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
