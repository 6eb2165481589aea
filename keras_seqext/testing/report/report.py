"""The report that the `check_*` functions return."""

from keras_seqext.testing.core.result import CheckResults

from .html import html
from .markdown import markdown


class Report(CheckResults):
    """The results of all checks on one object, as data, text, Markdown or HTML.

    Args:
        case: Name of the case.
        results: In the order they ran.
        header: Versions, traits and seed.
    """

    def to_markdown(self) -> str:
        """Return a summary, the failures in full, and a table of the rest."""
        return markdown([self])

    def to_html(self) -> str:
        """Return the same content as a page that needs no other file."""
        return html([self])
