"""How much of a vocabulary a file of word vectors knows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MISSING_SHOWN = 20


@dataclass(frozen=True)
class Coverage:
    """Counts of words by how their vector was found.

    Args:
        words: Words of the vocabulary.
        exact: Found as they are.
        lower_case: Found in lower case only.
        contractions: Made from the parts of a contraction.
        tokens: Occurrences of all words, where counts were given; else None.
        tokens_found: Occurrences of the words with a vector; else None.
        missing: The words without one, most frequent first, or in the order of
            the vocabulary where no counts were given; at most 20.

    >>> Coverage(words=4, exact=2, lower_case=1, contractions=0, missing=("zzz",))
    3 of 4 words have a vector (75.0 %): 2 exact, 1 in lower case, 0 contractions
    first of 1 missing: 'zzz'
    """

    words: int
    exact: int
    lower_case: int
    contractions: int
    tokens: float | None = None
    tokens_found: float | None = None
    missing: tuple[str, ...] = ()

    @property
    def found(self) -> int:
        """Words with a vector."""
        return self.exact + self.lower_case + self.contractions

    @property
    def by_type(self) -> float:
        """The share of words with a vector."""
        return self.found / self.words

    @property
    def by_token(self) -> float | None:
        """The share of occurrences whose word has a vector; None without counts."""
        if self.tokens is None or self.tokens_found is None:
            return None
        return self.tokens_found / self.tokens if self.tokens else 0.0

    def __repr__(self) -> str:
        lines = [
            f"{self.found:,} of {self.words:,} words have a vector ({self.by_type:.1%}): "
            f"{self.exact:,} exact, {self.lower_case:,} in lower case, "
            f"{self.contractions:,} contractions".replace("%", " %")
        ]
        if self.by_token is not None:
            share = f"{self.by_token:.1%}".replace("%", " %")
            lines.append(f"{self.tokens_found:,.0f} of {self.tokens:,.0f} tokens ({share})")
        if self.missing:
            first = "first" if self.tokens is None else "most frequent"
            names = ", ".join(map(repr, self.missing))
            lines.append(f"{first} of {self.words - self.found:,} missing: {names}")
        return "\n".join(lines)


def most_frequent(
    words: Sequence[str], places: NDArray[np.intp], counts: NDArray[np.float64] | None
) -> tuple[str, ...]:
    """The words at `places`, most frequent first, as many as are shown."""
    if counts is not None:
        places = places[np.argsort(-counts[places], kind="stable")]
    return tuple(words[place] for place in places[:MISSING_SHOWN].tolist())
