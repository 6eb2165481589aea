"""MkDocs hook: copy rows of generated pages into other pages.

No result is typed by hand, so a page cannot show an outdated number.
"""

import re
from pathlib import Path
from typing import Any

REQUEST = re.compile(
    r"^<!-- rows of (?P<page>[\w/]+\.md): (?P<keys>.+?) \| (?P<columns>.+?) -->$", re.M
)


def on_page_markdown(markdown: str, config: Any, **_: Any) -> str:
    """Replace `<!-- rows of results.md: weather-gru | model; test °C -->` by a table."""
    docs = Path(config.docs_dir)
    return REQUEST.sub(
        lambda found: table(docs / found["page"], found["keys"], found["columns"]), markdown
    )


def table(page: Path, keys: str, columns: str) -> str:
    """Return the rows of `page` whose first cell is in `keys`, with selected columns.

    Args:
        page: Markdown page with tables.
        keys: First cells of the rows, separated by `;`.
        columns: Headings of the columns, separated by `;`.

    Returns:
        Markdown table.

    Raises:
        ValueError: If a row or a column does not exist.
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
    """Return each row of each table as a list of pairs (heading, cell)."""
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
