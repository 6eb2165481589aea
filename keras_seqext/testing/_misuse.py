"""What a person asked for that cannot be done."""

import difflib
from collections.abc import Iterable


class Misuse(ValueError):
    """A wrong command line, target or option; the message says how to mend it."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the closest of the known words, or nothing."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    close += [name for name in known if word and word in name and name not in close][:3]
    if not close:
        return ""
    return f" Did you mean {' or '.join(map(repr, close[:3]))}?"
