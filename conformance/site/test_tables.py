"""Tables of the generated pages are shown again as they are, or not at all."""

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


def test_rows_come_in_the_order_asked_for_and_all_of_a_name(page):
    assert table(page, "b; a", "test; model").splitlines() == [
        "| test | model |",
        "|---|---|",
        "| 2 | two |",
        "| 3 | three |",
        "| 1 | one |",
    ]


@pytest.mark.parametrize(("keys", "columns"), [("c", "test"), ("a", "tset")])
def test_what_is_not_there_is_an_error(page, keys, columns):
    with pytest.raises(ValueError, match=r"page.md has no row"):
        table(page, keys, columns)
