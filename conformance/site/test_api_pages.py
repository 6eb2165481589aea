"""Every public name has its place in the API."""

import pytest

import keras_seqext
from keras_seqext import testing

from .conftest import WHAT_IS_MISSING

pytest.importorskip("mkdocs", reason=WHAT_IS_MISSING)

from .api_pages import api_pages


def public(module):
    """The names of a package that are not its modules."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and type(value).__name__ != "module" and name != "version"
    }


def test_every_public_name_is_on_one_page_with_a_summary():
    for module in (keras_seqext, testing):
        shown = [
            name
            for page in api_pages()
            if page.package == module.__name__
            for name in page.summaries
        ]
        assert sorted(shown) == sorted(public(module))
    for page in api_pages():
        for name, summary in page.summaries.items():
            assert summary.endswith((".", "?", "`.")), (name, summary)
