"""Docstrings as Keras writes them, in the words that mkdocstrings understands."""

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"(?:^>>> .*\n?(?:.+\n?)*)+", re.MULTILINE)


class DocstringSections(griffe.Extension):
    """Fences bare doctests, and makes a table of `Call arguments:` as of `Args:`."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = for_the_site(obj.docstring.value)


def for_the_site(text: str) -> str:
    """The docstring `text` with its doctests fenced and its sections named as Griffe does.

    >>> for_the_site("One.\\n\\n>>> 1 + 1\\n2\\n\\nTwo.").splitlines()
    ['One.', '', '```pycon', '>>> 1 + 1', '2', '```', '', 'Two.']
    """
    text = re.sub(r"^Call arguments:$", "Other Args: Call arguments:", text, flags=re.MULTILINE)
    return EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", text).rstrip()
