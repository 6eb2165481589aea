"""Tests of tables copied from generated pages."""

import pytest

from .generated_tables import table

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
