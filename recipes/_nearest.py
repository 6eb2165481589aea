"""The nearest of the words allowed. That of `keras_seqext` would import Keras too early."""

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?`, or nothing.

    >>> nearest("weather-gur", ["weather-gru", "jena-lstm"])
    " Did you mean 'weather-gru'?"
    """
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
