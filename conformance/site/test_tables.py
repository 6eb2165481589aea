"""Tests of tables copied from generated pages."""

from types import SimpleNamespace

import pytest

from .conftest import ROOT
from .generated_tables import REQUEST, on_page_markdown, table

pytestmark = pytest.mark.backend_free

PAGE = """
| recipe | model | test |
|---|---|---|
| `a` | one | 1 |
| `b` | two | 2 |
| `b` | three | 3 |

| | claim |
|---|---|
| b | other columns |
"""


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_rows_have_the_requested_order_and_include_all_with_the_same_key(page):
    assert table(page, "b; a", "test; model").splitlines() == [
        "| test | model |",
        "|---|---|",
        "| 2 | two |",
        "| 3 | three |",
        "| 1 | one |",
    ]


@pytest.mark.parametrize(("keys", "columns"), [("c", "test"), ("a", "tset")])
def test_missing_row_or_column_raises(page, keys, columns):
    with pytest.raises(ValueError, match=r"page.md has no row"):
        table(page, keys, columns)


def requesting_pages():
    """Return the pages that request rows of generated pages."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    return [page for page in pages if REQUEST.search(page.read_text(encoding="utf-8"))]


def test_every_requested_row_exists():
    pages = requesting_pages()
    assert len(pages) >= 5
    for page in pages:
        text = page.read_text(encoding="utf-8")
        filled = on_page_markdown(text, SimpleNamespace(docs_dir=ROOT / "docs"))
        assert "<!-- rows of" not in filled, page.name
