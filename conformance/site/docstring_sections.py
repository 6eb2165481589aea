"""Griffe extension: convert docstrings in Keras style to sections that mkdocstrings supports."""

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"(?:^>>> .*\n?(?:.+\n?)*)+", re.MULTILINE)


class DocstringSections(griffe.Extension):
    """Extension that fences doctests and converts `Call arguments:` to a section like `Args:`."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = to_site_docstring(obj.docstring.value)


def to_site_docstring(text: str) -> str:
    """Return the docstring `text` with fenced doctests and the section names of Griffe.

    >>> to_site_docstring("One.\\n\\n>>> 1 + 1\\n2\\n\\nTwo.").splitlines()
    ['One.', '', '```pycon', '>>> 1 + 1', '2', '```', '', 'Two.']
    """
    text = re.sub(r"^Call arguments:$", "Other Args: Call arguments:", text, flags=re.MULTILINE)
    return EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", text).rstrip()
