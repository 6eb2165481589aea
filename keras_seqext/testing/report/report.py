"""Report that the `check_*` functions return."""

from keras_seqext.testing.core.result import CheckResults

from .html import html
from .markdown import markdown


class Report(CheckResults):
    """Results of all checks on one object, as data, text, Markdown or HTML.

    Args:
        case: Name of the case.
        results: Results in the order in which the checks ran.
        header: Versions, traits and seed.
    """

    def to_markdown(self) -> str:
        """Return a summary, the failures in full and a table of all checks."""
        return markdown([self])

    def to_html(self) -> str:
        """Return the same content as an HTML page that needs no other file."""
        return html([self])
