"""The index of docs/upstream lists every page once, with its title and its backends."""

import re

import pytest

from conformance.survey.upstream import PAGES, read_pages

pytestmark = pytest.mark.backend_free

ROW = re.compile(r"^\| \[(?P<title>.+)\]\((?P<file>[\w-]+\.md)\) \| (?P<backends>.+) \|$", re.M)


def index_rows():
    """Return the rows of the index as tuples of file name, title and backends."""
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    return [(row["file"], row["title"], row["backends"]) for row in ROW.finditer(text)]


def test_every_page_is_listed_once():
    listed = [file for file, _, _ in index_rows()]
    assert len(listed) == len(set(listed))
    assert sorted(listed) == [page.path.name for page in read_pages()]


def test_every_row_has_the_title_and_the_backends_of_its_page():
    expected = {page.path.name: (page.title, page.facts["Backends"]) for page in read_pages()}
    assert {file: (title, backends) for file, title, backends in index_rows()} == expected


def test_every_link_of_the_index_is_a_row():
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    assert text.count("](") == len(index_rows()) + 1  # and the link to the survey
