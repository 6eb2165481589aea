"""Coverage of a vocabulary by a file of word vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.formatting import format_count

MISSING_SHOWN = 20


@dataclass(frozen=True)
class Coverage:
    """Counts of words by the form in which their vector was found.

    Args:
        words: Number of words in the vocabulary.
        exact: Number of words found unchanged.
        lower_case: Number of words found in lower case only.
        contractions: Number of contractions whose vector is the mean of their parts.
        tokens: Number of occurrences of all words; None without counts.
        tokens_found: Number of occurrences of the words with a vector; None without counts.
        missing: At most 20 words without a vector, most frequent first, or in the order
            of the vocabulary without counts.
        skipped_lines: Number of lines of the file that were skipped because their word is
            not UTF-8, up to the line where all words were found.

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
    skipped_lines: int = 0

    @property
    def found(self) -> int:
        """Number of words with a vector."""
        return self.exact + self.lower_case + self.contractions

    @property
    def by_type(self) -> float:
        """Fraction of words with a vector."""
        return self.found / self.words

    @property
    def by_token(self) -> float | None:
        """Fraction of occurrences whose word has a vector; None without counts."""
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
            percent = f"{self.by_token:.1%}".replace("%", " %")
            lines.append(f"{self.tokens_found:,.0f} of {self.tokens:,.0f} tokens ({percent})")
        if self.missing:
            first = "first" if self.tokens is None else "most frequent"
            names = ", ".join(map(repr, self.missing))
            lines.append(f"{first} of {self.words - self.found:,} missing: {names}")
        if self.skipped_lines:
            lines.append(f"{format_count(self.skipped_lines, 'line')} skipped: not UTF-8")
        return "\n".join(lines)


def most_frequent(
    words: Sequence[str], indices: NDArray[np.intp], counts: NDArray[np.float64] | None
) -> tuple[str, ...]:
    """Return the words at `indices`, most frequent first, at most `MISSING_SHOWN`."""
    if counts is not None:
        indices = indices[np.argsort(-counts[indices], kind="stable")]
    return tuple(words[index] for index in indices[:MISSING_SHOWN].tolist())
