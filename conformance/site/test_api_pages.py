"""The API pages list every public name."""

from types import ModuleType

import pytest

import keras_seqext
from keras_seqext import testing

from .conftest import MISSING_EXTRA

pytest.importorskip("mkdocs", reason=MISSING_EXTRA)

from .api_pages import api_pages


def public(module):
    """Return the public names of a package, without its modules."""
    # `dir` also lists the names that are loaded lazily, `vars` does not.
    return {
        name
        for name in dir(module)
        if not name.startswith("_") and not isinstance(getattr(module, name), ModuleType)
    }


def test_every_public_name_is_on_one_page_with_a_summary():
    for module in (keras_seqext, testing):
        listed = [
            name
            for page in api_pages()
            if page.package == module.__name__
            for name in page.summaries
        ]
        assert sorted(listed) == sorted(public(module))
    for page in api_pages():
        for name, summary in page.summaries.items():
            assert summary.endswith((".", "?", "`.")), (name, summary)
