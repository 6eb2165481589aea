"""Alternative forms of a word in a file of word vectors."""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
Lookup = Callable[[str], Vector | None]

CURLY_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
EXACT, LOWER_CASE, CONTRACTION = "exact", "lower_case", "contractions"

_CLITIC = re.compile(r"(.+?)(n't|'(?:s|m|d|re|ve|ll))", re.IGNORECASE | re.DOTALL)
# The Penn Treebank splits can't into "ca" and "n't". In GloVe, the vector of "ca" is rather
# that of California, so the full verb is used.
_FULL_VERBS = {"ca": "can", "wo": "will", "sha": "shall"}


def forms_of(word: str, lower: bool, contractions: bool) -> list[tuple[str, tuple[str, ...]]]:
    """Return the forms of `word`, best first: the kind, and the words to be averaged.

    >>> forms_of("Don't", lower=True, contractions=True)  # doctest: +NORMALIZE_WHITESPACE
    [('exact', ("Don't",)), ('lower_case', ("don't",)),
     ('contractions', ('Do', "n't")), ('contractions', ('do', "n't"))]
    """
    forms: list[tuple[str, tuple[str, ...]]] = [(EXACT, (word,))]
    lowered = word.lower() if lower else word
    if lowered != word:
        forms.append((LOWER_CASE, (lowered,)))
    if contractions and has_apostrophe(word):
        for form in dict.fromkeys((word, lowered)):
            parts = split_contraction(form)
            if len(parts) > 1:
                forms.append((CONTRACTION, parts))
    return forms


def has_apostrophe(word: str) -> bool:
    """Return whether `word` may be a contraction."""
    return "'" in word or CURLY_APOSTROPHE in word


def split_contraction(word: str) -> tuple[str, ...]:
    """Split a contraction as in the Penn Treebank and GloVe, with full verbs.

    >>> split_contraction("shouldn't've"), split_contraction("can't"), split_contraction("dogs'")
    (('should', "n't", "'ve"), ('can', "n't"), ('dogs', "'"))
    """
    word = word.replace(CURLY_APOSTROPHE, "'")
    match = _CLITIC.fullmatch(word)
    if match is None:
        return (word[:-1], "'") if word.endswith("'") and len(word) > 1 else (word,)
    stem, clitic = match.groups()
    while (inner := _CLITIC.fullmatch(stem)) is not None:
        stem, clitic = inner.group(1), inner.group(2) + "\0" + clitic
    parts = (stem, *clitic.split("\0"))
    if parts[1].lower() == "n't":
        parts = (_FULL_VERBS.get(stem.lower(), stem), *parts[1:])
    return parts


def vector_of(
    forms: list[tuple[str, tuple[str, ...]]], lookup: Lookup
) -> tuple[str, Vector | None]:
    """Return the kind and vector of the first form whose words all have one, or None."""
    for kind, words in forms:
        vectors = [vector for word in words if (vector := lookup(word)) is not None]
        if len(vectors) == len(words):
            return kind, vectors[0] if len(words) == 1 else np.mean(vectors, axis=0)
    return "", None
